import NIOCore
import Synchronization

/// An exchange that waits for room at a target, as other loops see it.
///
/// It is told once what became of it, under the target's lock, by whichever loop has room for it, and looks at it on
/// its own loop.
final class QueuedExchange: Sendable {
    enum State: Equatable {
        case waiting
        /// There is room: it is taken.
        case admitted
        /// It had to give way.
        ///
        /// - retryAfter: nanoseconds after which there may be room.
        case shed(retryAfter: Int64)
    }

    private let exchange: Exchange
    private let loop: any EventLoop
    private let told = Mutex(State.waiting)

    init(_ exchange: Exchange, loop: any EventLoop) {
        self.exchange = exchange
        self.loop = loop
    }

    var state: State { told.withLock { $0 } }

    func tell(_ state: State) { told.withLock { $0 = state } }

    /// From any thread, after it was told.
    func wake() { loop.execute { self.exchange.wake() } }
}
