import NIOCore

/// The place nearest to the socket in an upstream's pipeline: requests are written here as bytes, behind the back of
/// the response decoder, and reading can be held here while a client is slow.
final class UpstreamPort: ChannelOutboundHandler {
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private var isPaused = false
    private var owesRead = false

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func write(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(bytes), promise: nil) }
    func flush() { context?.flush() }

    func read(context: ChannelHandlerContext) {
        if isPaused { owesRead = true } else { context.read() }
    }

    func pause() { isPaused = true }

    func resume() {
        isPaused = false
        guard owesRead else { return }
        owesRead = false
        context?.read()
    }
}
