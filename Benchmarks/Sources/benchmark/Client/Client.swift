import NIOCore
import NIOHTTP1

/// One kept-alive connection that sends the same request whenever it is told to.
///
/// Unchecked: every run has one loop, and everything of a client happens on it.
final class Client: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    enum Event {
        case connected
        /// A piece of the answer's body, as one read brought it.
        case piece(ByteBuffer)
        case finished
        /// The connection ended, or the answer was not a 200.
        case failed(String)
    }

    private let request: PreparedRequest
    private let receive: (Client, Event) -> Void
    private var context: ChannelHandlerContext?

    init(_ request: PreparedRequest, receive: @escaping (Client, Event) -> Void) {
        self.request = request
        self.receive = receive
    }

    func send() {
        guard let context else { return receive(self, .failed("the connection is closed")) }
        context.write(wrapOutboundOut(.head(request.head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(request.body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func close() {
        let context = self.context
        self.context = nil
        context?.close(promise: nil)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        receive(self, .connected)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head) where head.status != .ok: receive(self, .failed("status \(head.status.code)"))
        case .head: break
        case .body(let piece): receive(self, .piece(piece))
        case .end: receive(self, .finished)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard self.context != nil else { return }
        self.context = nil
        receive(self, .failed("the connection was closed"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard self.context != nil else { return }
        self.context = nil
        receive(self, .failed("\(error)"))
        context.close(promise: nil)
    }
}
