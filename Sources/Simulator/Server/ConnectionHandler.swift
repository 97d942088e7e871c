import Core
import NIOCore
import NIOHTTP1

/// One connection: gathers a request, asks what to do about it, and does that before it looks at the next.
///
/// Requests that a client sends ahead wait here, bounded by `Limits.pipelinedBytesMax`. The connection is read all
/// the time, so that a client that leaves is noticed while its answer stalls.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    let state: ServerState
    /// While it is in its pipeline.
    var context: ChannelHandlerContext?
    /// The request that is arriving.
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    /// Parts of later requests, and their bytes.
    private var ahead: [HTTPServerRequestPart] = []
    private var aheadBytes = 0
    /// The request that is being answered.
    var exchange: Exchange?
    var isPlaying = false
    /// The connection ends with the answer that was given last: what still arrives is not looked at.
    var isClosing = false

    /// An answer on its way. `script` is nil where nothing will ever come.
    struct Exchange {
        let keepsAlive: Bool
        /// To write before the first piece of the body.
        var head: HTTPResponseHead?
        var script: AnswerScript?
        var upcoming: AnswerScript.Step?
        /// When the step that was written last was due.
        var due: NIODeadline
        var timer: Scheduled<Void>?
        /// What waits for a slot, or has just got one.
        var waiting: (request: SimulatorRequest, head: HTTPRequestHead)?
        var holdsSlot = false
    }

    init(state: ServerState) { self.state = state }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        state.opened(context.channel)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.closed(context.channel)
        if let exchange {
            exchange.timer?.cancel()
            self.exchange = nil
            leave(exchange)
            let isOurs = state.isStopping
            state.count {
                $0.active -= 1
                if !isOurs { $0.cancelledByPeer += 1 }
            }
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        let part = unwrapInboundIn(data)
        guard exchange == nil, ahead.isEmpty else {
            if case .body(let bytes) = part { aheadBytes += bytes.readableBytes }
            ahead.append(part)
            if aheadBytes + ahead.count > Limits.pipelinedBytesMax { context.close(promise: nil) }
            return
        }
        take(part, context)
    }

    /// Goes on with what the client sent ahead, until that is an answer to give again.
    func takeAhead(_ context: ChannelHandlerContext) {
        while exchange == nil, !ahead.isEmpty, !isClosing, context.channel.isActive {
            take(ahead.removeFirst(), context)
        }
        if ahead.isEmpty { aheadBytes = 0 }
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head):
            self.head = head
            body = ByteBuffer()
            if head.headers["expect"].contains(where: { $0.lowercased() == "100-continue" }) {
                let goOn = HTTPResponseHead(version: head.version, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(goOn)), promise: nil)
            }
        case .body(var bytes):
            guard body.readableBytes + bytes.readableBytes <= Limits.requestBodyBytesMax else {
                context.close(promise: nil)
                return
            }
            if body.readableBytes == 0 { body = bytes } else { body.writeBuffer(&bytes) }
        case .end:
            guard let head else { return }
            self.head = nil
            begin(head, context)
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let request = SimulatorRequest(
            method: head.method.rawValue,
            target: head.uri,
            headers: head.headers.map { ($0.name, $0.value) },
            body: body
        )
        body = ByteBuffer()
        // An answer to HEAD carries the body here too; a closed connection is what makes that harmless.
        let keepsAlive = head.isKeepAlive && head.method != .HEAD
        exchange = Exchange(keepsAlive: keepsAlive, due: context.eventLoop.now)
        state.count {
            $0.requests += 1
            $0.active += 1
        }
        switch state.enter(self, request) {
        case .wait:
            exchange?.waiting = (request, head)
            state.count { $0.waiting += 1 }
        case .refuse:
            state.count { $0.refused += 1 }
            perform(state.refuse(request), head, context)
        case .run:
            exchange?.holdsSlot = true
            perform(state.react(to: request), head, context)
        case nil: perform(state.react(to: request), head, context)
        }
    }

    func perform(_ reaction: Reaction, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard let keepsAlive = exchange?.keepsAlive else { return }
        switch reaction {
        case .stall: break
        case .refuse:
            isClosing = true
            finish()
            context.close(promise: nil)
        case .reset:
            isClosing = true
            finish()
            context.channel.reset()
        case .answer(let answer):
            exchange?.head = Self.responseHead(answer, version: head.version, keepsAlive: keepsAlive)
            exchange?.script = answer.script
            exchange?.due = context.eventLoop.now
            play(context)
        }
    }

    private static func responseHead(
        _ answer: Answer, version: HTTPVersion, keepsAlive: Bool
    ) -> HTTPResponseHead {
        let status = HTTPResponseStatus(statusCode: answer.status)
        var head = HTTPResponseHead(version: version, status: status, headers: answer.headers)
        if !keepsAlive { head.headers.add(name: "connection", value: "close") }
        return head
    }

    /// The answer ended as it was meant to.
    func finish() {
        guard let exchange else { return }
        exchange.timer?.cancel()
        self.exchange = nil
        leave(exchange)
        state.count {
            $0.active -= 1
            $0.finished += 1
        }
    }
}
