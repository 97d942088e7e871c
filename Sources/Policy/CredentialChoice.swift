public import Core

/// Chooses one of a provider's keys by weight among those that are well.
public enum CredentialChoice {
    /// For how long a key is better left alone.
    public struct Rest: Sendable, Equatable {
        /// Nanoseconds of the loops' clock.
        public var until: Int64
        /// The provider named the end: a call before it is refused for sure.
        public var isCertain: Bool

        public init(until: Int64, isCertain: Bool) {
            self.until = until
            self.isCertain = isCertain
        }
    }

    /// What is known of a key.
    public struct State: Sendable {
        public let weight: Int
        /// nil: it is well.
        public let rest: Rest?

        public init(weight: Int, rest: Rest? = nil) {
            self.weight = weight
            self.rest = rest
        }

        func rests(at now: Int64) -> Bool { rest.map { $0.until > now } ?? false }
    }

    /// The place of the chosen key. When all rest, the one that is back first: a call that may fail is better than
    /// one that surely does.
    public static func index(of keys: [State], now: Int64, random: UInt64) -> Int? {
        if keys.count < 2 { return keys.isEmpty ? nil : 0 }
        if keys.contains(where: { !$0.rests(at: now) }) {
            let weights = keys.map { $0.rests(at: now) ? -1 : max($0.weight, 1) }
            return WeightedChoice.index(of: weights, random: random)
        }
        return keys.indices.min { (keys[$0].rest?.until ?? 0) < (keys[$1].rest?.until ?? 0) }
    }

    /// The rest of all of a provider's keys together: until the first is back. nil: one is well.
    public static func rest(of keys: [State], now: Int64) -> Rest? {
        guard !keys.isEmpty, keys.allSatisfy({ $0.rests(at: now) }) else { return nil }
        let rests = keys.compactMap(\.rest)
        return rests.first { !$0.isCertain } ?? rests.min { $0.until < $1.until }
    }

    /// How long a key rests after a failure of this kind; nil: it says nothing about the key.
    ///
    /// - Parameter retryAfter: nanoseconds that the upstream asked for.
    public static func rest(after reason: FailureReason, retryAfter: Int64?, now: Int64) -> Rest? {
        let second: Int64 = 1_000_000_000
        switch reason {
        case .credential, .quotaExhausted: return Rest(until: now + 60 * second, isCertain: false)
        case .rateLimited:
            guard let retryAfter else { return Rest(until: now + 5 * second, isCertain: false) }
            return Rest(until: now + min(max(retryAfter, second / 100), 300 * second), isCertain: true)
        case .unavailable, .missing, .timeout, .contextLength, .contentFilter, .invalidRequest: return nil
        }
    }
}
