/// Why a request cannot be put into another dialect, for a person: where, and what to do.
public struct TranslationError: Error, Sendable, Equatable {
    /// The member, as a path: `messages[2].content[0]`.
    public let member: String
    private let reason: String
    /// The gateway could get what the provider does not.
    private var mayFetch = false

    public init(_ member: String, _ message: String) {
        self.member = member
        reason = message
    }

    public var message: String {
        mayFetch ? "\(reason), or have the gateway fetch it: 'fetch' in its configuration" : reason
    }

    /// A URL where the provider wants the bytes.
    /// - Parameter refusal: what it does not take.
    static func needsBytes(_ member: String, _ refusal: String) -> TranslationError {
        var error = TranslationError(member, "\(refusal); send the content as base64")
        error.mayFetch = true
        return error
    }

    /// For calls for which nothing is fetched.
    var withoutFetch: TranslationError { TranslationError(member, reason) }
}

/// What a dialect cannot say is refused in strict mode, and left out and told in lenient mode.
public struct TranslationLosses: Sendable {
    public enum Mode: String, Sendable, CaseIterable { case strict, lenient }

    public let mode: Mode
    /// The members that were left out, each once, in order.
    public private(set) var dropped: [String] = []

    /// Members that are named; of more it is only said that there are.
    static let namesMax = 64
    private static let nameCharactersMax = 128

    public init(_ mode: Mode) { self.mode = mode }

    /// - Parameters:
    ///   - member: what would be left out.
    ///   - reason: what the target lacks, as in `Anthropic has no seed`.
    public mutating func drop(_ member: String, _ reason: String) throws(TranslationError) {
        guard mode == .lenient else {
            throw TranslationError(
                member, "\(reason); leave '\(member)' out, or allow it with 'x-headgate-translation: lenient'")
        }
        let member = String(member.prefix(Self.nameCharactersMax))
        guard dropped.count <= Self.namesMax, !dropped.contains(member) else { return }
        dropped.append(dropped.count == Self.namesMax ? "..." : member)
    }
}
