import NIOCore

/// A connection whose written bytes may wait for the end of the loop's turn.
protocol Flushing: AnyObject {
    /// It stands in its loop's queue.
    var isFlushQueued: Bool { get set }
    func flushNow()
}

/// Sends what was written in a turn of the loop at the turn's end, all connections' bytes in one go.
///
/// Under load many exchanges move on in one turn, each for some ten microseconds. Were each to send at once, its peers
/// would be woken and go to sleep again in between, every time, and on a busy machine take this thread's place while
/// they do.
///
/// Unchecked: it lives on its loop.
final class FlushQueue: @unchecked Sendable {
    private let loop: any EventLoop
    private var queued: [any Flushing] = []
    private var flushing: [any Flushing] = []

    init(_ loop: any EventLoop) { self.loop = loop }

    func add(_ connection: any Flushing) {
        guard !connection.isFlushQueued else { return }
        connection.isFlushQueued = true
        if queued.isEmpty { loop.execute { [self] in flushAll() } }
        queued.append(connection)
    }

    /// What a flush causes may write again: that is for the next turn.
    private func flushAll() {
        swap(&queued, &flushing)
        for connection in flushing {
            connection.isFlushQueued = false
            connection.flushNow()
        }
        flushing.removeAll(keepingCapacity: true)
    }
}
