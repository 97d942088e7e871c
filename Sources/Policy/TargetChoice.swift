/// Chooses a target among those that may take a call now. Pure, and without memory of its own.
///
/// Whatever the strategy: only eligible targets, of a weight above 0 where there is one, and of these the group with
/// the lowest number.
public struct TargetChoice {
    private let candidates: [TargetCandidate]
    private let strategy: RoutingStrategy
    private let hasWeight: Bool
    private let group: Int?

    /// - Parameter random: any number; the same one chooses the same target.
    /// - Returns: the place of the chosen target, or nil when none is eligible.
    public static func index(
        of candidates: [TargetCandidate], strategy: RoutingStrategy, random: UInt64
    ) -> Int? {
        TargetChoice(candidates, strategy).choose(random)
    }

    private init(_ candidates: [TargetCandidate], _ strategy: RoutingStrategy) {
        self.candidates = candidates
        self.strategy = strategy
        let hasWeight = candidates.contains { $0.isEligible && $0.weight > 0 }
        var group: Int?
        for candidate in candidates where candidate.isEligible && candidate.weight >= (hasWeight ? 1 : 0) {
            group = min(group ?? candidate.group, candidate.group)
        }
        self.hasWeight = hasWeight
        self.group = group
    }

    private func choose(_ random: UInt64) -> Int? {
        guard group != nil else { return nil }
        switch strategy {
        case .weighted, .priority: return draw(random) { $0.weight }
        case .leastLatency: return better(of: two(random) { $0.weight }, by: isFaster)
        // The weight counts in the comparison, not in the draw.
        case .leastBusy: return better(of: two(random) { _ in 1 }, by: isLessBusy)
        case .lowestPrice:
            let lowest = candidates.lazy.filter(isStanding).map { $0.price ?? .max }.min()
            return draw(random) { ($0.price ?? .max) == lowest ? $0.weight : -1 }
        }
    }

    /// Whether a candidate takes part in the choice.
    private func isStanding(_ candidate: TargetCandidate) -> Bool {
        candidate.isEligible && candidate.group == group && candidate.weight >= (hasWeight ? 1 : 0)
    }

    private func draw(
        _ random: UInt64, except taken: Int? = nil, by weight: (TargetCandidate) -> Int
    ) -> Int? {
        withoutActuallyEscaping(weight) { weight in
            let weights = candidates.indices.lazy.map { index in
                index != taken && isStanding(candidates[index]) ? weight(candidates[index]) : -1
            }
            return WeightedChoice.index(of: weights, random: random)
        }
    }

    /// Two different ones, by two halves of one random number; twice the same where there is only one.
    private func two(_ random: UInt64, by weight: (TargetCandidate) -> Int) -> (Int, Int)? {
        guard let first = draw(random, by: weight) else { return nil }
        return (first, draw(random << 32, except: first, by: weight) ?? first)
    }

    private func better(of pair: (Int, Int)?, by comesFirst: (TargetCandidate, TargetCandidate) -> Bool) -> Int? {
        guard let (first, second) = pair else { return nil }
        return comesFirst(candidates[second], candidates[first]) ? second : first
    }

    /// Whether the first token is expected sooner from one than from the other. One of which nothing is known is tried,
    /// by a single call at a time; with calls in flight it counts as fast as the other.
    private func isFaster(_ one: TargetCandidate, _ other: TargetCandidate) -> Bool {
        let (load, otherLoad) = (Double(max(one.inFlight, 0) + 1), Double(max(other.inFlight, 0) + 1))
        switch (one.latency, other.latency) {
        case (let latency?, let otherLatency?): return Double(latency) * load < Double(otherLatency) * otherLoad
        case (nil, .some): return one.inFlight <= 0 || load < otherLoad
        case (.some, nil): return other.inFlight > 0 && load < otherLoad
        case (nil, nil): return load < otherLoad
        }
    }

    private func isLessBusy(_ one: TargetCandidate, _ other: TargetCandidate) -> Bool {
        let (load, otherLoad) = (Double(max(one.inFlight, 0) + 1), Double(max(other.inFlight, 0) + 1))
        return load * Double(max(other.weight, 1)) < otherLoad * Double(max(one.weight, 1))
    }
}
