public import Core

/// How one attempt ended, as far as the next step depends on it.
public enum AttemptOutcome: Sendable, Equatable {
    /// A kept-alive connection turned out to be dead: no byte of an answer arrived on it.
    case deadConnection
    /// - retryAfter: nanoseconds for which the upstream wants to be left alone; nil: it did not say.
    case failed(FailureReason, retryAfter: Int64?)
    /// It was not sent: the target is full, and the wait would be too long.
    ///
    /// - retryAfter: nanoseconds after which there may be room.
    case noRoom(retryAfter: Int64)
}

/// What an exchange does next.
public enum AttemptStep: Sendable, Equatable {
    /// Send to the target at this place in the route's list.
    /// - freshConnection: on a connection that was not used before.
    /// - wait: nanoseconds before.
    /// - isRetry: this target failed before: it counts against its retry budget.
    case send(target: Int, freshConnection: Bool, wait: Int64, isRetry: Bool)
    /// No further attempt. Where none was made, this is why.
    case stop(FailureReason?, retryAfter: Int64?)
}

/// Decides which target gets the next attempt of one route, and when to stop. Pure: what is known of the targets, the
/// time that is left and randomness are passed in.
///
/// Other targets come before another try at the same one, and only what another try can mend is tried again.
public struct AttemptPlan: Sendable {
    private let strategy: RoutingStrategy
    private let retries: RetryPolicy
    private let ejectedShare: Int
    /// Failures that something behind this route's targets can answer for.
    private let answeredFor: Set<FailureReason>
    private var attemptsLeft: Int
    private var tried: [Int] = []
    private var retriesMade = 0
    private var reconnected = false

    /// - Parameters:
    ///   - attemptsLeft: how many there may be; at least one.
    ///   - ejectedShare: how many of the targets may be ejected at once, in millionths.
    ///   - answeredFor: failures for which there is a fallback.
    public init(
        strategy: RoutingStrategy, retries: RetryPolicy, attemptsLeft: Int, ejectedShare: Int,
        answeredFor: Set<FailureReason>
    ) {
        self.strategy = strategy
        self.retries = retries
        self.ejectedShare = ejectedShare
        self.answeredFor = answeredFor
        self.attemptsLeft = max(1, attemptsLeft)
    }

    /// Whether another attempt may follow.
    public var hasMore: Bool { attemptsLeft > 0 }

    /// - Parameters:
    ///   - candidates: the route's targets, as they are now.
    ///   - timeLeft: nanoseconds until the exchange's deadline.
    public mutating func next(
        after outcome: AttemptOutcome?, among candidates: [TargetCandidate], timeLeft: Int64, random: UInt64
    ) -> AttemptStep {
        switch outcome {
        case nil: return first(among: candidates, timeLeft: timeLeft, random: random)
        case .deadConnection:
            guard !reconnected, let last = tried.last else {
                return again(.unavailable, nil, among: candidates, timeLeft: timeLeft, random: random)
            }
            reconnected = true
            return .send(target: last, freshConnection: true, wait: 0, isRetry: false)
        case .noRoom(let retryAfter):
            // It was no attempt. What is full too would be asked in vain.
            attemptsLeft += 1
            guard let place = choose(among: candidates, random: random), !candidates[place].isFull else {
                return .stop(nil, retryAfter: retryAfter)
            }
            return send(place)
        case .failed(let reason, let retryAfter):
            return again(reason, retryAfter, among: candidates, timeLeft: timeLeft, random: random)
        }
    }

    // MARK: The first attempt

    private mutating func first(among candidates: [TargetCandidate], timeLeft: Int64, random: UInt64) -> AttemptStep {
        if let place = choose(among: candidates, random: random) { return send(place) }
        if let resting = soonest(among: candidates) {
            let rest = candidates[resting].restsFor
            let canWait = rest <= retries.backoffMax && rest < timeLeft && !answeredFor.contains(.rateLimited)
            return canWait ? send(resting, wait: rest) : .stop(.rateLimited, retryAfter: rest)
        }
        // Every target's breaker is open. Where nothing else can answer, one that may fail is better than none.
        if !answeredFor.contains(.unavailable), let place = choose(among: candidates, random: random, ejected: true) {
            return send(place)
        }
        return .stop(.unavailable, retryAfter: nil)
    }

    // MARK: After a failure

    private mutating func again(
        _ reason: FailureReason, _ retryAfter: Int64?, among candidates: [TargetCandidate], timeLeft: Int64,
        random: UInt64
    ) -> AttemptStep {
        guard attemptsLeft > 0, reason.mayDifferElsewhere else { return .stop(nil, retryAfter: retryAfter) }
        if reason.concernsKey, let last = tried.last, candidates[last].hasKeyLeft { return send(last) }
        if let place = choose(among: candidates, random: random) { return send(place) }
        guard reason.mayPass, let last = tried.last else { return .stop(nil, retryAfter: retryAfter) }
        // All were tried. The same again, but for those that rest for longer than is worth waiting for.
        let place = choose(among: candidates, random: random, again: true) ?? soonest(among: candidates) ?? last
        guard candidates[place].mayRetry else { return .stop(nil, retryAfter: retryAfter) }
        let asked = place == last ? max(retryAfter ?? 0, candidates[place].restsFor) : candidates[place].restsFor
        let wait = max(asked, retries.backoff(retry: retriesMade, random: random))
        guard asked <= retries.backoffMax, wait < timeLeft else { return .stop(nil, retryAfter: retryAfter) }
        retriesMade += 1
        return send(place, wait: wait, isRetry: true)
    }

    private mutating func send(_ place: Int, wait: Int64 = 0, isRetry: Bool = false) -> AttemptStep {
        attemptsLeft -= 1
        tried.append(place)
        return .send(target: place, freshConnection: false, wait: wait, isRetry: isRetry)
    }

    // MARK: Choosing

    private func choose(
        among candidates: [TargetCandidate], random: UInt64, ejected: Bool = false, again: Bool = false
    ) -> Int? {
        // The usual case, at no cost.
        if candidates.count == 1, !again {
            let only = candidates[0]
            let isAway = only.ejectedSince != nil && !ejected && mayEject(1)
            return tried.isEmpty && only.weight >= 0 && only.restsFor == 0 && !isAway ? 0 : nil
        }
        if candidates.contains(where: \.isDoubtful),
            let place = choose(
                among: candidates.without(\.isDoubtful), random: random, ejected: ejected, again: again)
        {
            return place
        }
        if candidates.contains(where: \.isFull),
            let place = choose(among: candidates.without(\.isFull), random: random, ejected: ejected, again: again)
        {
            return place
        }
        var candidates = candidates
        let away = ejected ? [] : ejectedPlaces(of: candidates)
        for place in candidates.indices {
            candidates[place].isEligible =
                candidates[place].weight >= 0 && candidates[place].restsFor == 0
                && (again || !tried.contains(place)) && !away.contains(place)
        }
        return TargetChoice.index(of: candidates, strategy: strategy, random: random)
    }

    /// Those whose breakers were opened first; the rest of them stay in use, so that not too many are away at once.
    private func ejectedPlaces(of candidates: [TargetCandidate]) -> [Int] {
        guard candidates.contains(where: { $0.ejectedSince != nil }) else { return [] }
        let places = candidates.indices.filter { candidates[$0].ejectedSince != nil && candidates[$0].weight >= 0 }
        let sorted = places.sorted { (candidates[$0].ejectedSince ?? 0) < (candidates[$1].ejectedSince ?? 0) }
        var count = sorted.count
        while count > 0, !mayEject(count, of: candidates.count { $0.weight >= 0 }) { count -= 1 }
        return Array(sorted.prefix(count))
    }

    /// All may be away where something else answers for them.
    private func mayEject(_ count: Int, of all: Int = 1) -> Bool {
        answeredFor.contains(.unavailable) || count * 1_000_000 <= all * ejectedShare
    }

    private func soonest(among candidates: [TargetCandidate]) -> Int? {
        candidates.indices
            .filter { candidates[$0].weight >= 0 && candidates[$0].restsFor > 0 && candidates[$0].ejectedSince == nil }
            .min { candidates[$0].restsFor < candidates[$1].restsFor }
    }
}

extension FailureReason {
    /// Another target may do better: it has another account, or runs well.
    var mayDifferElsewhere: Bool {
        switch self {
        case .unavailable, .missing, .timeout, .rateLimited, .quotaExhausted, .credential: true
        case .contextLength, .contentFilter, .invalidRequest: false
        }
    }

    /// It is about the key that the call was made with.
    var concernsKey: Bool { self == .credential || self == .rateLimited || self == .quotaExhausted }

    /// The same target may do better a little later.
    var mayPass: Bool {
        switch self {
        case .unavailable, .timeout, .rateLimited: true
        case .missing, .quotaExhausted, .credential, .contextLength, .contentFilter, .invalidRequest: false
        }
    }
}

extension TargetCandidate {
    /// One key was refused, and the account has another that was not.
    fileprivate var hasKeyLeft: Bool { hasOtherKeys && restsFor == 0 && !isDoubtful && ejectedSince == nil }
}

extension [TargetCandidate] {
    /// Those that have this mark are never chosen.
    fileprivate func without(_ mark: WritableKeyPath<TargetCandidate, Bool>) -> [TargetCandidate] {
        map { candidate in
            var candidate = candidate
            if candidate[keyPath: mark] { candidate.weight = -1 }
            candidate[keyPath: mark] = false
            return candidate
        }
    }
}
