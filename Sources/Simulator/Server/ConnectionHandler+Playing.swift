import NIOCore
import NIOHTTP1

/// Playing an answer: each piece at its time, and none while the client does not read.
extension ConnectionHandler {
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { play(context) }
        context.fireChannelWritabilityChanged()
    }

    /// Writes what is due. Returns when it must wait: for the clock, for the client to read, or for the next request.
    ///
    /// Flushing can change the writability, and so call back in here: `isPlaying` keeps the outer call the only one.
    func play(_ context: ChannelHandlerContext) {
        guard !isPlaying else { return }
        isPlaying = true
        while playStep(context) {}
        isPlaying = false
        if exchange == nil { takeAhead(context) }
    }

    /// - Returns: whether to go on at once.
    private func playStep(_ context: ChannelHandlerContext) -> Bool {
        guard context.channel.isActive, var exchange, var script = exchange.script else { return false }
        guard context.channel.isWritable else {
            // What fills the buffer was written but not flushed.
            context.flush()
            return context.channel.isWritable
        }
        if exchange.upcoming == nil {
            exchange.upcoming = script.next()
            exchange.script = script
            if let step = exchange.upcoming { exchange.due = exchange.due + step.wait }
            self.exchange = exchange
        }
        guard let step = exchange.upcoming else { return end(script.ending, context) }
        guard exchange.due <= context.eventLoop.now else {
            wait(until: exchange.due, context)
            return false
        }
        writeHead(context)
        self.exchange?.upcoming = nil
        context.write(wrapOutboundOut(.body(.byteBuffer(step.bytes))), promise: nil)
        if step.flushes { context.flush() }
        return true
    }

    private func wait(until due: NIODeadline, _ context: ChannelHandlerContext) {
        context.flush()
        // Flushing can end the exchange: the client may be gone.
        guard exchange != nil else { return }
        let timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.play(context) }
        exchange?.timer?.cancel()
        exchange?.timer = timer
    }

    private func writeHead(_ context: ChannelHandlerContext) {
        guard let head = exchange?.head else { return }
        exchange?.head = nil
        context.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    private func end(_ ending: AnswerScript.Ending, _ context: ChannelHandlerContext) -> Bool {
        writeHead(context)
        let keepsAlive = exchange?.keepsAlive ?? false
        switch ending {
        case .stall:
            context.flush()
            exchange?.script = nil
        case .close:
            isClosing = true
            finish()
            // The promise of an empty piece is kept once everything before it is on the wire.
            let nothing = HTTPServerResponsePart.body(.byteBuffer(ByteBuffer()))
            context.writeAndFlush(wrapOutboundOut(nothing)).assumeIsolated().whenComplete { _ in
                context.close(promise: nil)
            }
        case .complete:
            isClosing = !keepsAlive
            finish()
            let written = context.writeAndFlush(wrapOutboundOut(.end(nil)))
            if !keepsAlive {
                written.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
            }
        }
        return false
    }
}
