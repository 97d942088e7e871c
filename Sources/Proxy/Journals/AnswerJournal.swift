import Core
import NIOCore
import Synchronization
import Wire

/// An answer as its client gets it, kept so that the same client can have it again: from its beginning, or from where
/// its connection was lost. Written on one loop, read on any.
final class AnswerJournal: Sendable {
    enum Phase: Sendable { case running, whole, failed }

    /// What a reader has not had yet.
    struct Part: Sendable {
        let events: [ByteBuffer]
        /// How many events come before the next part.
        let place: Int
        let phase: Phase
    }

    private struct State {
        var contentType = "application/json"
        var isStream = false
        var bytes = ByteBuffer()
        /// Where each event ends.
        var ends: [Int] = []
        var phase = Phase.running
        var watchers: [@Sendable () -> Void] = []
        var isTooLarge = false
        /// Something is written here; an answer that passes otherwise leaves it empty.
        var hasBegun = false
    }

    private let state = Mutex(State())

    func begin(contentType: String, isStream: Bool) {
        state.withLock { state in
            state.contentType = contentType
            state.isStream = isStream
            state.hasBegun = true
        }
    }

    /// One event of a stream, or the whole of another answer. A copy: a part of a read would keep all of it.
    func append(_ event: ByteBuffer) {
        change { state in
            guard !state.isTooLarge else { return }
            guard state.bytes.readableBytes + event.readableBytes <= Limits.journalBytesMax else {
                state.isTooLarge = true
                state.bytes = ByteBuffer()
                state.ends = []
                return
            }
            state.bytes.writeBytes(event.readableBytesView)
            state.ends.append(state.bytes.readableBytes)
        }
    }

    func end(isWhole: Bool) {
        change { state in
            guard case .running = state.phase else { return }
            state.phase = isWhole && state.hasBegun && !state.isTooLarge ? .whole : .failed
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let watchers = state.withLock { state in
            body(&state)
            defer { state.watchers = [] }
            return state.watchers
        }
        for watcher in watchers { watcher() }
    }

    /// Calls once, when there is more to read; at once where there is already.
    /// - Parameter place: how many events the reader has had.
    func watch(after place: Int, _ wake: @escaping @Sendable () -> Void) {
        let isReady = state.withLock { state in
            if state.ends.count > place || state.phase != .running || state.isTooLarge { return true }
            state.watchers.append(wake)
            return false
        }
        if isReady { wake() }
    }

    /// - Parameter place: how many events the reader has had.
    func part(after place: Int) -> Part {
        state.withLock { state in
            let count = state.ends.count
            let phase = state.isTooLarge ? .failed : state.phase
            guard place < count else { return Part(events: [], place: place, phase: phase) }
            let events = (place..<count).map { number in
                state.bytes.part((number == 0 ? 0 : state.ends[number - 1])..<state.ends[number])
            }
            return Part(events: events, place: count, phase: phase)
        }
    }

    var head: (contentType: String, isStream: Bool) { state.withLock { ($0.contentType, $0.isStream) } }
    var phase: Phase { state.withLock { $0.isTooLarge ? .failed : $0.phase } }
    var byteCount: Int { state.withLock { $0.bytes.readableBytes } }
}
