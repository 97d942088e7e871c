/// What is kept of calls, as the configuration says.
public struct RecordSettings: Sendable, Equatable {
    public var level = RecordLevel.full
    /// Of a million successful traces, as many are kept with their rows. Errors always are.
    public var samplePerMillion = 1_000_000
    /// Bytes of each body that are kept; the rest is cut off.
    public var bodyBytesMax = 1024 * 1024
    public var redactedKinds: Set<RedactedKind> = []
    /// Patterns of the user's own, in the words of PCRE2.
    public var redactedPatterns: [RedactionPattern] = []
    public var retentionDays = 30
    public var retentionBytes: Int64 = 50 * 1024 * 1024 * 1024
    /// 32 bytes with which bodies are encrypted at rest; previews are not kept then.
    public var encryptionKey: Secret?

    public init() {}
}

/// What the built-in scanners find.
public enum RedactedKind: String, Sendable, CaseIterable {
    /// API keys and bearer tokens, by how they begin.
    case keys
    case email
    /// Card numbers: 13 to 19 digits whose check digit is right.
    case card
}

public struct RedactionPattern: Sendable, Equatable {
    public var name: String
    public var regex: String

    public init(name: String, regex: String) {
        self.name = name
        self.regex = regex
    }
}
