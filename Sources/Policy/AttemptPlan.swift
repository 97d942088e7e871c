public import Core

/// How one attempt ended, as far as the next step depends on it.
public enum AttemptOutcome: Sendable, Equatable {
    /// A kept-alive connection turned out to be dead: no byte of an answer arrived on it.
    case connectionLostBeforeAnswer(reused: Bool)
    case failed(ErrorCode)
    case answered(status: Int)
}

/// What an exchange does next.
public enum AttemptStep: Sendable, Equatable {
    /// Send to the target at this place in the route's list; on a connection that was not used before, if asked.
    case send(target: Int, freshConnection: Bool)
    /// No further attempt: what the last one gave is the answer.
    case stop
}

/// Decides what to do next, given how the last attempt ended. Pure: randomness is passed in.
public protocol AttemptPlan: Sendable {
    mutating func next(after outcome: AttemptOutcome?, random: UInt64) -> AttemptStep
}
