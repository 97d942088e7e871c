package import NIOCore

/// Who is at the other end of a channel in memory. Called on the loop, from inside the channel's own work: it answers
/// later.
package protocol MemoryPeer: AnyObject {
    /// Something that was written lies ready to be taken, or the channel will send no more.
    func channelHasSent()
}

/// A channel without a socket, with what of a socket's behaviour the data plane depends on: reads only when asked,
/// buffers that fill, both ways to close, resets, and events that are told from inside a call.
///
/// Unchecked: it lives on its loop.
package final class MemoryChannel: Channel, @unchecked Sendable {
    let loop: VirtualLoop
    let name: String
    let settings: Settings
    package private(set) lazy var pipeline = ChannelPipeline(channel: self)
    let closePromise: EventLoopPromise<Void>
    /// The other end. It keeps the channel, and the channel it, until it is closed.
    package var peer: (any MemoryPeer)?

    package struct Settings {
        /// Bytes that the system takes without their being read at the other end.
        var systemBytesMax = 16 * 1024
        var writableLow = 32 * 1024
        var writableHigh = 64 * 1024
        /// Bytes of one read.
        var readBytesMax = 16 * 1024
    }

    var isOpen = true
    package internal(set) var isActive = false
    package internal(set) var isWritable = true

    // To the handlers.
    var inbound = ByteBuffer()
    var readIsPending = false
    var inboundEnds = false

    // From the handlers.
    var unsent = CircularBuffer<(bytes: ByteBuffer, promise: EventLoopPromise<Void>?)>()
    var flushedCount = 0
    var unsentBytes = 0
    /// With the system: the peer takes it from here.
    var sent = ByteBuffer()
    var outputIsEnding = false
    /// No more than what lies in `sent` will come.
    package internal(set) var hasEndedOutput = false

    package init(_ loop: VirtualLoop, name: String, settings: Settings) {
        self.loop = loop
        self.name = name
        self.settings = settings
        closePromise = loop.makePromise()
    }

    /// The connection stands. Call when the pipeline is set up, or about to be.
    package func activate() {
        isActive = true
        pipeline.syncOperations.fireChannelRegistered()
        pipeline.syncOperations.fireChannelActive()
        if isOpen { pipeline.syncOperations.read() }
    }

    // MARK: The other end

    /// Bytes arrive.
    package func receive(_ bytes: ByteBuffer) {
        guard isOpen else { return }
        inbound.writeImmutableBuffer(bytes)
        if readIsPending { readOnce() }
    }

    /// The other end sends no more. As with sockets, what has come is read first, wanted or not.
    package func receiveEnd() {
        while isOpen, inbound.readableBytes > 0 { readOnce() }
        guard isOpen else { return }
        close0(error: ChannelError.eof, mode: .all, promise: nil)
    }

    /// The connection is lost, and what was not yet read with it.
    package func receiveReset() {
        guard isOpen else { return }
        inbound.clear()
        pipeline.syncOperations.fireErrorCaught(IOError(errnoCode: 104, reason: "read"))
        if isOpen { close0(error: ChannelError.eof, mode: .all, promise: nil) }
    }

    /// Takes what was sent.
    package func take(bytesMax: Int = .max) -> ByteBuffer? {
        guard sent.readableBytes > 0, let bytes = sent.readSlice(length: min(sent.readableBytes, bytesMax)) else {
            return nil
        }
        if sent.readableBytes == 0 { sent = ByteBuffer() }
        if isOpen { sendFlushed() }
        return bytes
    }

    // MARK: Channel

    package var allocator: ByteBufferAllocator { ByteBufferAllocator() }
    package var eventLoop: any EventLoop { loop }
    package var closeFuture: EventLoopFuture<Void> { closePromise.futureResult }
    package var localAddress: SocketAddress? { nil }
    package var remoteAddress: SocketAddress? { nil }
    package var parent: (any Channel)? { nil }
    // swift-format-ignore: NoLeadingUnderscores
    package var _channelCore: any ChannelCore { self }

    package func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) -> EventLoopFuture<Void> {
        loop.makeFailedFuture(ChannelError.operationUnsupported)
    }

    package func getOption<Option: ChannelOption>(_ option: Option) -> EventLoopFuture<Option.Value> {
        loop.makeCompletedFuture { try Options(channel: self).getOption(option) }
    }

    package var syncOptions: (any NIOSynchronousChannelOptions)? { Options(channel: self) }

    private struct Options: NIOSynchronousChannelOptions {
        let channel: MemoryChannel

        func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) throws {
            throw ChannelError.operationUnsupported
        }

        func getOption<Option: ChannelOption>(_ option: Option) throws -> Option.Value {
            guard option is ChannelOptions.Types.BufferedWritableBytesOption,
                let count = channel.unsentBytes as? Option.Value
            else { throw ChannelError.operationUnsupported }
            return count
        }
    }
}
