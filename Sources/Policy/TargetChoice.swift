/// Chooses the target of an attempt.
public enum TargetChoice {
    /// The place of the chosen candidate; nil where none is eligible.
    public static func index(of candidates: [TargetCandidate], strategy: RoutingStrategy, random: UInt64) -> Int? {
        guard let group = candidates.lazy.filter(\.isEligible).map(\.group).min() else { return nil }
        return WeightedChoice.index(
            of: candidates.map { $0.isEligible && $0.group == group ? $0.weight : -1 }, random: random)
    }
}
