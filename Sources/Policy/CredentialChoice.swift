/// Chooses one of a provider's keys by weight among those that are well.
public enum CredentialChoice {
    /// What is known of a key.
    public struct State: Sendable {
        public let weight: Int
        /// The instant, in nanoseconds, until which the key rests; 0 when it is well.
        public let restsUntil: Int64

        public init(weight: Int, restsUntil: Int64) {
            self.weight = weight
            self.restsUntil = restsUntil
        }
    }

    /// The place of the chosen key. When all rest, the one that is back first: a call that may fail is better than
    /// one that surely does.
    public static func index(of keys: [State], now: Int64, random: UInt64) -> Int? {
        if keys.count < 2 { return keys.isEmpty ? nil : 0 }
        if keys.contains(where: { $0.restsUntil <= now }) {
            let weights = keys.map { $0.restsUntil <= now ? max($0.weight, 1) : -1 }
            return WeightedChoice.index(of: weights, random: random)
        }
        return keys.indices.min { keys[$0].restsUntil < keys[$1].restsUntil }
    }

    /// How long a key rests, in nanoseconds, after an upstream's answer: 401 and 403 concern the key itself, 429
    /// its limits. Anything else says nothing about the key.
    ///
    /// - Parameter retryAfterSeconds: what the upstream asked for.
    public static func rest(afterStatus status: Int, retryAfterSeconds: Int?) -> Int64? {
        switch status {
        case 401, 403: 60 * 1_000_000_000
        case 429: Int64(min(max(retryAfterSeconds ?? 5, 1), 300)) * 1_000_000_000
        default: nil
        }
    }
}
