import Plan
import Policy

/// One attempt as its target's health counts it: begun once, ended once.
struct TargetTracker {
    private let health: TargetHealth
    private let settings: BreakerSettings
    private let priority: PrioritySettings
    private let connectionsMax: Int
    private let beganAt: Int64
    private var hasStream = false
    private var isOver = false

    /// - Parameter hasRoom: the exchange holds room at the target, which is the attempt's from now on.
    init(
        _ health: TargetHealth, _ snapshot: Snapshot, connectionsMax: Int, hasRoom: Bool, isRetry: Bool,
        retryPerMillion: Int, now: Int64
    ) {
        self.health = health
        self.connectionsMax = connectionsMax
        settings = snapshot.breaker
        priority = snapshot.priority
        beganAt = now
        health.willSend(
            now: now, hasRoom: hasRoom, isRetry: isRetry, retryPerMillion: retryPerMillion, settings: settings)
    }

    /// Its stream has begun, so many nanoseconds after it was sent.
    mutating func streamBegan(after nanoseconds: Int64, inputTokens: Int, now: Int64) {
        guard !isOver else { return }
        hasStream = true
        health.streamBegan(after: nanoseconds, inputTokens: inputTokens, connectionsMax: connectionsMax, now: now)
    }

    /// - Parameters:
    ///   - isFailure: nil: it says nothing of the target. Calls after the first change nothing.
    ///   - isOverload: the target had no room for it.
    /// - Returns: the target, where its breaker opened by this.
    mutating func end(isFailure: Bool?, isOverload: Bool, now: Int64) -> TargetName? {
        guard !isOver else { return nil }
        isOver = true
        let room = RoomEnd(
            end: isOverload ? .refused : isFailure == false ? .served(after: now - beganAt) : .other,
            wasAccepted: hasStream, connectionsMax: connectionsMax, priority: priority)
        return health.ended(isFailure: isFailure, room: room, begun: beganAt, now: now, settings: settings)
            ? health.name : nil
    }
}
