/// How a healthy answer looks.
enum Behaviour: String, CaseIterable {
    /// The text of the last message of the user.
    case echo
    case lorem
    case tools
    case parallelTools = "parallel-tools"
    case reasoning
    /// Usage with cache reads and writes.
    case cached
}

/// What goes wrong with an answer, or makes it hard to bear.
enum Fault: Equatable {
    /// The connection is closed without a byte.
    case refuse
    /// The connection is reset without a byte.
    case reset
    case stallFirst, stallMid
    case cutMid
    case truncated
    case malformed
    case errorAfter200
    case slowDrip
    case big
    case status(Int)
    case rateLimited(RetryHint)

    /// The spellings of "try again later".
    enum RetryHint: String, CaseIterable {
        case seconds, date
        case milliseconds = "ms"
    }

    static let named: [(word: String, fault: Fault)] = [
        ("refuse", .refuse), ("reset", .reset), ("stall-first", .stallFirst), ("stall-mid", .stallMid),
        ("cut-mid", .cutMid), ("truncated", .truncated), ("malformed", .malformed),
        ("error-after-200", .errorAfter200), ("slow-drip", .slowDrip), ("big", .big),
    ]
    static let statuses = 400...599

    init?(word: String) {
        if let entry = Self.named.first(where: { $0.word == word }) {
            self = entry.fault
            return
        }
        guard word.hasPrefix("http-") else { return nil }
        let rest = word.dropFirst(5)
        if let status = Int(rest), Self.statuses.contains(status) {
            self = .status(status)
        } else if rest.hasPrefix("429-"), let hint = RetryHint(rawValue: String(rest.dropFirst(4))) {
            self = .rateLimited(hint)
        } else {
            return nil
        }
    }
}

/// The words that `GET /v1/models` tells of.
enum ModelWord {
    static let all: [String] =
        Behaviour.allCases.map(\.rawValue) + Fault.named.map(\.word)
        + ["400", "401", "403", "404", "408", "413", "429", "500", "502", "503", "504", "529"].map { "http-" + $0 }
        + Fault.RetryHint.allCases.map { "http-429-" + $0.rawValue }
}
