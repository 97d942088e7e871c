/// One attempt at a target chosen by weight; once more, on a fresh connection, if a kept-alive one was dead.
///
/// The second attempt is safe: the upstream closed the connection before it answered anything, as servers do with
/// connections that were idle for too long.
public struct WeightedPlan: AttemptPlan {
    private let weights: [Int]
    private var chosen: Int?
    private var retriedConnection = false

    /// - Parameter weights: one per target, as `WeightedChoice` reads them: a negative one is never chosen.
    public init(weights: [Int]) { self.weights = weights }

    public mutating func next(after outcome: AttemptOutcome?, random: UInt64) -> AttemptStep {
        guard let outcome else {
            guard let target = WeightedChoice.index(of: weights, random: random) else { return .stop }
            chosen = target
            return .send(target: target, freshConnection: false)
        }
        if case .connectionLostBeforeAnswer(reused: true) = outcome, !retriedConnection, let chosen {
            retriedConnection = true
            return .send(target: chosen, freshConnection: true)
        }
        return .stop
    }
}
