import NIOCore

/// One thing that must happen by some time; owned by what it is about. Moving it later costs a store.
final class Deadline {
    fileprivate(set) var due = NIODeadline.distantFuture
    /// The tick at which the wheel looks at it; nil while it is on no slot.
    fileprivate var tick: Int64?
    fileprivate var next: Deadline?
    fileprivate unowned(unsafe) var previous: Deadline?
    private unowned let wheel: DeadlineWheel
    fileprivate var action: (() -> Void)?

    /// - Parameter action: what to do; called once for each time that is set and passes.
    init(_ wheel: DeadlineWheel, action: @escaping () -> Void) {
        self.wheel = wheel
        self.action = action
    }

    func set(_ due: NIODeadline) {
        self.due = due
        wheel.place(self)
    }

    /// Nothing happens any more, until it is set again.
    func clear() { due = .distantFuture }

    /// The owner ends: the wheel and the action let go of it.
    func end() {
        due = .distantFuture
        wheel.remove(self)
        action = nil
    }
}

/// The deadlines of one loop, in slots of ten milliseconds. It wakes the loop only for slots that hold something.
///
/// Setting, moving and clearing a deadline are constant in time; one that was moved later is looked at when its old
/// slot passes, and put on.
final class DeadlineWheel {
    private static let tickNanoseconds: UInt64 = 10_000_000
    /// Just over ten seconds; what is due later is looked at once in that time.
    private static let slotCount: Int64 = 1024

    private let loop: any EventLoop
    private var slots: [Deadline?]
    private var count = 0
    /// All slots up to this tick have passed.
    private var passed: Int64
    private var wakeAt: Int64?
    private var wakeUp: NIOScheduledCallback?
    private lazy var waker = Waker(self)

    init(_ loop: any EventLoop) {
        self.loop = loop
        slots = Array(repeating: nil, count: Int(Self.slotCount))
        passed = Self.tick(loop.now)
    }

    private static func tick(_ time: NIODeadline) -> Int64 { Int64(time.uptimeNanoseconds / tickNanoseconds) }

    // MARK: Placing

    fileprivate func place(_ deadline: Deadline) {
        guard deadline.due != .distantFuture else { return }
        // Rounded up, so that a deadline never comes early.
        let wanted = min(max(Self.tick(deadline.due) + 1, passed + 1), passed + Self.slotCount - 1)
        if let tick = deadline.tick {
            if tick <= wanted { return }
            remove(deadline)
        } else if count == 0 {
            passed = max(passed, Self.tick(loop.now))
        }
        link(deadline, at: max(wanted, passed + 1))
    }

    private func link(_ deadline: Deadline, at tick: Int64) {
        let slot = Int(tick % Self.slotCount)
        deadline.tick = tick
        deadline.next = slots[slot]
        deadline.previous = nil
        slots[slot]?.previous = deadline
        slots[slot] = deadline
        count += 1
        if wakeAt.map({ tick < $0 }) ?? true { wake(at: tick) }
    }

    fileprivate func remove(_ deadline: Deadline) {
        guard let tick = deadline.tick else { return }
        if let previous = deadline.previous {
            previous.next = deadline.next
        } else {
            slots[Int(tick % Self.slotCount)] = deadline.next
        }
        deadline.next?.previous = deadline.previous
        deadline.next = nil
        deadline.previous = nil
        deadline.tick = nil
        count -= 1
    }

    // MARK: Passing

    private func wake(at tick: Int64) {
        wakeUp?.cancel()
        wakeAt = tick
        let time = NIODeadline.uptimeNanoseconds(UInt64(tick) * Self.tickNanoseconds)
        wakeUp = try? loop.scheduleCallback(at: time, handler: waker)
    }

    fileprivate func pass() {
        wakeAt = nil
        let now = loop.now
        let current = Self.tick(now)
        let end = min(current, passed + Self.slotCount)
        while passed < end {
            passed += 1
            let slot = Int(passed % Self.slotCount)
            while let deadline = slots[slot] {
                remove(deadline)
                if deadline.due <= now {
                    deadline.due = .distantFuture
                    deadline.action?()
                } else {
                    place(deadline)
                }
            }
        }
        passed = max(passed, current)
        guard count > 0 else { return }
        if let next = (1...Self.slotCount).first(where: { slots[Int((passed + $0) % Self.slotCount)] != nil }) {
            let tick = passed + next
            if wakeAt.map({ tick < $0 }) ?? true { wake(at: tick) }
        }
    }

    /// Ends the wake-ups; the loop is about to shut down.
    func stop() { wakeUp?.cancel() }
}

/// Unchecked: NIO calls it on the loop that it was scheduled on, which is the wheel's.
private final class Waker: NIOScheduledCallbackHandler, @unchecked Sendable {
    private unowned let wheel: DeadlineWheel

    init(_ wheel: DeadlineWheel) { self.wheel = wheel }

    func handleScheduledCallback(eventLoop: some EventLoop) { wheel.pass() }
}
