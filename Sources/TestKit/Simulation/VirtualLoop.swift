package import Dispatch
package import NIOCore

#if canImport(Glibc)
@preconcurrency import Glibc
#elseif canImport(Musl)
@preconcurrency import Musl
#endif

/// An event loop whose clock stands still while anything is to be done, and then jumps to what is due next.
///
/// What is due at the same time runs in the order in which it was asked for, so that a run can be repeated.
///
/// Unchecked: one thread uses it, from its making to its end; `execute` traps on any other.
package final class VirtualLoop: EventLoop, @unchecked Sendable {
    /// Unchecked: the loop's thread alone touches it.
    private final class Timer: @unchecked Sendable {
        let due: NIODeadline
        let order: UInt64
        /// nil: it was cancelled.
        var work: (() -> Void)?

        init(due: NIODeadline, order: UInt64, work: @escaping () -> Void) {
            (self.due, self.order, self.work) = (due, order, work)
        }

        static func < (a: Timer, b: Timer) -> Bool { (a.due, a.order) < (b.due, b.order) }
    }

    /// How a run of the loop ended.
    package enum End: Equatable { case nothingLeft, timeIsUp, tooManySteps }

    package private(set) var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
    /// The time of day when a world begins, microseconds since 1970.
    package static let startUnixMicroseconds: Int64 = 1_800_000_000_000_000
    /// The simulated time of day, microseconds since 1970.
    package var unixMicroseconds: Int64 { Self.startUnixMicroseconds + Int64(now.uptimeNanoseconds / 1000) }
    private let thread = pthread_self()
    private var ready = CircularBuffer<() -> Void>()
    /// A heap: the earliest is the first.
    private var timers: [Timer] = []
    private var lastOrder: UInt64 = 0
    /// Pieces of work that were done.
    package private(set) var steps = 0

    package init() {}

    // MARK: Running

    /// Runs until nothing is left to do.
    /// - Parameters:
    ///   - limit: the clock goes no further.
    ///   - stepsMax: pieces of work, over all runs.
    package func run(until limit: NIODeadline, stepsMax: Int) -> End {
        while steps < stepsMax {
            steps += 1
            if let work = ready.popFirst() {
                work()
                continue
            }
            guard let next = timers.first else { return .nothingLeft }
            guard next.work == nil || next.due <= limit else { return .timeIsUp }
            removeFirst()
            guard let work = next.work else { continue }
            next.work = nil
            now = max(now, next.due)
            work()
        }
        return .tooManySteps
    }

    /// Does something of the world's later.
    package func after(_ delay: TimeAmount, _ work: @escaping () -> Void) {
        _ = add(at: now + delay, work)
    }

    private func add(at due: NIODeadline, _ work: @escaping () -> Void) -> Timer {
        lastOrder += 1
        let timer = Timer(due: due, order: lastOrder, work: work)
        var place = timers.count
        timers.append(timer)
        while place > 0, timer < timers[(place - 1) / 2] {
            timers[place] = timers[(place - 1) / 2]
            place = (place - 1) / 2
        }
        timers[place] = timer
        return timer
    }

    private func removeFirst() {
        let last = timers.removeLast()
        guard !timers.isEmpty else { return }
        var place = 0
        while true {
            var child = 2 * place + 1
            guard child < timers.count else { break }
            if child + 1 < timers.count, timers[child + 1] < timers[child] { child += 1 }
            guard timers[child] < last else { break }
            timers[place] = timers[child]
            place = child
        }
        timers[place] = last
    }

    // MARK: EventLoop

    package var inEventLoop: Bool { pthread_equal(thread, pthread_self()) != 0 }

    package func execute(_ task: @escaping @Sendable () -> Void) {
        precondition(inEventLoop, "something has left the virtual loop's thread, and comes back to it")
        ready.append(task)
    }

    // swift-format-ignore: NoLeadingUnderscores
    package func _executeIsolatedUnsafeUnchecked(_ task: @escaping () -> Void) { ready.append(task) }

    package func scheduleTask<T>(
        deadline: NIODeadline, _ task: @escaping @Sendable () throws -> T
    ) -> Scheduled<T> {
        _scheduleTaskIsolatedUnsafeUnchecked(deadline: deadline, task)
    }

    package func scheduleTask<T>(in delay: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        _scheduleTaskIsolatedUnsafeUnchecked(deadline: now + delay, task)
    }

    // swift-format-ignore: NoLeadingUnderscores
    package func _scheduleTaskIsolatedUnsafeUnchecked<T>(
        deadline: NIODeadline, _ task: @escaping () throws -> T
    ) -> Scheduled<T> {
        precondition(inEventLoop, "something has left the virtual loop's thread, and comes back to it")
        let promise = makePromise(of: T.self)
        let timer = add(at: deadline) {
            do {
                promise.assumeIsolated().succeed(try task())
            } catch {
                promise.fail(error)
            }
        }
        return Scheduled(promise: promise) { timer.work = nil }
    }

    // swift-format-ignore: NoLeadingUnderscores
    package func _scheduleTaskIsolatedUnsafeUnchecked<T>(
        in delay: TimeAmount, _ task: @escaping () throws -> T
    ) -> Scheduled<T> {
        _scheduleTaskIsolatedUnsafeUnchecked(deadline: now + delay, task)
    }

    package func scheduleCallback(
        in delay: TimeAmount, handler: some (NIOScheduledCallbackHandler & Sendable)
    ) throws -> NIOScheduledCallback {
        scheduleCallback(at: now + delay, handler: handler)
    }

    package func preconditionInEventLoop(file: StaticString, line: UInt) {
        precondition(inEventLoop, "not on the virtual loop's thread", file: file, line: line)
    }

    package func preconditionNotInEventLoop(file: StaticString, line: UInt) {
        precondition(!inEventLoop, "on the virtual loop's thread", file: file, line: line)
    }

    package func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        preconditionFailure("a virtual loop ends when nothing refers to it")
    }
}
