/// What an upstream may do to one call.
package enum SimulatedFault: String, CaseIterable {
    case none
    // While it is connected to.
    case refusesConnection, connectsSlowly, connectsNever
    // Before an answer.
    case staysSilent, resetsBeforeHead, closesBeforeHead
    // In the answer.
    case resetsInHead, resetsInBody, closesInBody, fallsSilentInBody, endsEarly, malformedHead, malformedChunk
    case drips, errorInStream
    // Instead of one.
    case rateLimited, rateLimitedForAWhile, quotaExhausted, internalError, unavailable, overloaded, unauthorized
    case contextTooLong, notJSON

    var concernsConnecting: Bool {
        switch self {
        case .refusesConnection, .connectsSlowly, .connectsNever: true
        default: false
        }
    }

    /// The client gets the answer all the same.
    var isHarmless: Bool {
        switch self {
        case .none, .drips, .connectsSlowly: true
        default: false
        }
    }

    /// A status and an error in place of an answer; nil for the others.
    var refusal: (status: String, fields: String, message: String)? {
        switch self {
        case .rateLimited: ("429 Too Many Requests", "", "slow down")
        case .rateLimitedForAWhile: ("429 Too Many Requests", "retry-after: 2\r\n", "slow down")
        case .quotaExhausted: ("429 Too Many Requests", "", "insufficient_quota")
        case .internalError: ("500 Internal Server Error", "", "broken")
        case .unavailable: ("503 Service Unavailable", "retry-after: 1\r\n", "away")
        case .overloaded: ("529 Overloaded", "", "overloaded_error")
        case .unauthorized: ("401 Unauthorized", "", "no such key")
        case .contextTooLong: ("400 Bad Request", "", "context_length_exceeded")
        default: nil
        }
    }
}

/// How an upstream is at a time: how often it fails, and in which ways.
struct SimulatedMood {
    let failsPercent: Int
    let faults: [SimulatedFault]

    init(_ random: SimulationRandom) {
        failsPercent = random.one(of: [0, 0, 10, 30, 60, 100])
        // What breaks off an answer in its middle is the hardest to deal with, and comes more often.
        let inBody: [SimulatedFault] = [.resetsInBody, .closesInBody, .fallsSilentInBody]
        let all = SimulatedFault.allCases.filter { $0 != .none } + inBody + inBody + inBody
        faults = random.chance(50) ? all : (0..<random.int(1...3)).map { _ in random.one(of: all) }
    }

    func fault(_ random: SimulationRandom, connecting: Bool) -> SimulatedFault {
        let fitting = faults.filter { $0.concernsConnecting == connecting }
        guard !fitting.isEmpty, random.chance(failsPercent) else { return .none }
        return random.one(of: fitting)
    }
}
