import NIOCore
import NIOHTTP1

/// When the events of a stream are due.
struct Pace: Sendable {
    /// nil: one event, and then silence.
    let events: Int?
    let interval: TimeAmount
}

/// Answers each request with a stream whose events are written at their times, one by one.
///
/// Unchecked: a channel's handler runs on the channel's loop alone.
final class PacedAnswer: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let pace: Pace
    private let event = PacedAnswer.chunk(delta: #"{"content":" token"}"#, finish: "null")
    private let lastEvent = PacedAnswer.chunk(delta: "{}", finish: #""stop""#) + "data: [DONE]\n\n"
    private var streams = 0

    init(_ pace: Pace) { self.pace = pace }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        let head = HTTPResponseHead(
            version: .http1_1, status: .ok,
            headers: ["content-type": "text/event-stream", "transfer-encoding": "chunked"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        write(context.channel, event)
        guard let events = pace.events else { return }
        // Streams start together when their clients do; each gets a phase of its own, so that their events do not
        // come in bursts that one wake-up serves.
        streams += 1
        let phase = abs(ObjectIdentifier(self).hashValue &+ streams) % Int(pace.interval.nanoseconds)
        next(context.channel, number: 2, of: events, due: .now() + pace.interval + .nanoseconds(Int64(phase)))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Times are counted from the stream's start: one event that is late does not delay the rest.
    private func next(_ channel: any Channel, number: Int, of events: Int, due: NIODeadline) {
        channel.eventLoop.scheduleTask(deadline: due) { [self] in
            guard channel.isActive else { return }
            if number == events {
                write(channel, lastEvent)
                channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
            } else {
                write(channel, event)
                next(channel, number: number + 1, of: events, due: due + pace.interval)
            }
        }
    }

    private func write(_ channel: any Channel, _ text: String) {
        channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: text))), promise: nil)
    }

    private static func chunk(delta: String, finish: String) -> String {
        """
        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-mini",\
        "choices":[{"index":0,"delta":\(delta),"finish_reason":\(finish)}]}\n\n
        """
    }
}
