import Core
import NIOCore
import Wire

/// The beginning of a stream, held back until its first content has come. What it has become for the client waits
/// here, beside what came.
final class StreamOpening {
    private(set) var stage: EventStage
    private(set) var output = StageOutput()
    private(set) var received: [ByteBuffer] = []
    private(set) var failure: StreamError?
    private(set) var firstContentAt: NIODeadline?
    private var heldBytes = 0
    private let loop: any EventLoop

    init(_ stage: EventStage, loop: any EventLoop) {
        self.stage = stage
        self.loop = loop
    }

    /// More than this is not held back: the stream goes on as it is.
    var isFull: Bool { heldBytes > Limits.streamOpeningBytesMax }

    /// There is nothing more to wait for.
    var isDecided: Bool {
        let seen = stage.observation
        return failure != nil || seen.sawContent || seen.sawError || seen.sawTerminal || seen.unreadableEvents > 0
            || isFull
    }

    func push(_ bytes: ByteBuffer) {
        guard failure == nil, bytes.readableBytes > 0 else { return }
        received.append(bytes)
        heldBytes += bytes.readableBytes
        do throws(StreamError) {
            try stage.push(bytes, into: &output)
        } catch {
            failure = error
        }
        if firstContentAt == nil && stage.observation.sawContent { firstContentAt = loop.now }
    }

    /// The upstream's stream is over.
    func finish() {
        guard failure == nil else { return }
        do throws(StreamError) {
            try stage.finish(into: &output)
        } catch {
            failure = error
        }
        if firstContentAt == nil && stage.observation.sawContent { firstContentAt = loop.now }
    }

    /// The error that stands in the stream, as the provider wrote it; nil where it has no JSON of its own.
    var errorBody: ByteBuffer? {
        var all = ByteBuffer()
        for bytes in received { all.writeImmutableBuffer(bytes) }
        return StreamedError.body(in: all)
    }
}
