package import NIOCore

/// The ends of the pipeline.
extension MemoryChannel: ChannelCore {
    // MARK: Reading

    package func read0() {
        guard isOpen, !readIsPending else { return }
        readIsPending = true
        guard inbound.readableBytes > 0 else { return }
        loop.after(.nanoseconds(0)) { [self] in
            if isOpen, readIsPending, inbound.readableBytes > 0 { readOnce() }
        }
    }

    func readOnce() {
        guard let bytes = inbound.readSlice(length: min(inbound.readableBytes, settings.readBytesMax)) else { return }
        if inbound.readableBytes == 0 { inbound = ByteBuffer() }
        readIsPending = false
        let pipeline = pipeline.syncOperations
        pipeline.fireChannelRead(NIOAny(bytes))
        if isOpen { pipeline.fireChannelReadComplete() }
        if isOpen, !readIsPending { pipeline.read() }
    }

    // MARK: Writing

    package func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isOpen, !outputIsEnding else {
            promise?.fail(isOpen ? ChannelError.outputClosed : ChannelError.ioOnClosedChannel)
            return
        }
        let bytes = unwrapData(data, as: ByteBuffer.self)
        unsent.append((bytes, promise))
        unsentBytes += bytes.readableBytes
        if isWritable, unsentBytes > settings.writableHigh {
            isWritable = false
            pipeline.syncOperations.fireChannelWritabilityChanged()
        }
    }

    package func flush0() {
        flushedCount = unsent.count
        sendFlushed()
    }

    /// Hands the system what it takes. Promises may do anything to the channel.
    func sendFlushed() {
        var hasMoved = false
        while isOpen, flushedCount > 0 {
            let room = settings.systemBytesMax - sent.readableBytes
            let count = min(unsent[unsent.startIndex].bytes.readableBytes, room)
            if let part = unsent[unsent.startIndex].bytes.readSlice(length: max(count, 0)), count > 0 {
                sent.writeImmutableBuffer(part)
                unsentBytes -= count
                hasMoved = true
            }
            guard unsent[unsent.startIndex].bytes.readableBytes == 0 else { break }
            flushedCount -= 1
            unsent.removeFirst().promise?.succeed()
        }
        if isOpen, outputIsEnding, unsent.isEmpty, !hasEndedOutput {
            hasEndedOutput = true
            hasMoved = true
        }
        if hasMoved { peer?.channelHasSent() }
        if isOpen, !isWritable, unsentBytes < settings.writableLow {
            isWritable = true
            pipeline.syncOperations.fireChannelWritabilityChanged()
        }
    }

    // MARK: The end

    package func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard isOpen else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        switch mode {
        case .input:
            promise?.fail(ChannelError.operationUnsupported)
        case .output:
            outputIsEnding = true
            sendFlushed()
            promise?.succeed()
        case .all:
            closeAll(promise)
        }
    }

    private func closeAll(_ promise: EventLoopPromise<Void>?) {
        isOpen = false
        isActive = false
        hasEndedOutput = true
        let dropped = unsent
        unsent.removeAll()
        (flushedCount, unsentBytes) = (0, 0)
        for write in dropped { write.promise?.fail(ChannelError.ioOnClosedChannel) }
        promise?.succeed()
        pipeline.syncOperations.fireChannelInactive()
        pipeline.syncOperations.fireChannelUnregistered()
        peer?.channelHasSent()
        loop.after(.nanoseconds(0)) { [self] in
            removeHandlers(pipeline: pipeline)
            closePromise.succeed()
        }
    }

    // MARK: What is not used

    package func localAddress0() throws -> SocketAddress { throw ChannelError.operationUnsupported }
    package func remoteAddress0() throws -> SocketAddress { throw ChannelError.operationUnsupported }
    package func register0(promise: EventLoopPromise<Void>?) { promise?.succeed() }
    package func registerAlreadyConfigured0(promise: EventLoopPromise<Void>?) { promise?.succeed() }
    package func bind0(to: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }
    package func connect0(to: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }
    package func triggerUserOutboundEvent0(_ event: Any, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }
    package func channelRead0(_ data: NIOAny) {}
    package func errorCaught0(error: any Error) {}
}
