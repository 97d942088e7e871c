import Synchronization

/// Asks the reloader to look at once, and waits until what it found is in place.
final class ReloadRequests: Sendable {
    private struct State {
        var waiting: [CheckedContinuation<Void, Never>] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let wakes: AsyncStream<Void>.Continuation
    let stream: AsyncStream<Void>

    init() { (stream, wakes) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func ask() async {
        await withCheckedContinuation { continuation in
            let isClosed = state.withLock { state in
                if !state.isClosed { state.waiting.append(continuation) }
                return state.isClosed
            }
            if isClosed { continuation.resume() } else { wakes.yield() }
        }
    }

    /// Those who asked before this are served by what is looked at after it.
    func take() -> [CheckedContinuation<Void, Never>] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    /// Nobody looks any more: nobody is left waiting.
    func close() {
        state.withLock { $0.isClosed = true }
        for waiting in take() { waiting.resume() }
    }
}
