import NIOCore
import NIOExtras
import NIOHTTP1

/// Sees a proxy's answer to CONNECT in passing, to say in words what it was: its fields are not for the client.
final class ProxyReply: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    private var status: HTTPResponseStatus?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) { status = head.status }
        context.fireChannelRead(data)
    }

    /// What it says is no HTTP: nothing more is to be waited for.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func explain(_ error: any Error) -> ConnectError {
        if let status, status.code / 100 != 2 { return .proxy("status \(status.code)") }
        guard let error = error as? NIOHTTP1ProxyConnectHandler.Error else { return .proxy("\(error)") }
        if error == .httpProxyHandshakeTimeout() { return .timedOut }
        return .proxy("it gave no usable answer to CONNECT")
    }
}
