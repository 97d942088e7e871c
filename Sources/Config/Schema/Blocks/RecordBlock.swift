import Core

/// `record`.
enum RecordBlock: Block {
    static let title = "record"
    static let summary = """
        What is kept of calls: `full` keeps the row and both bodies, `metadata` the row, `off` neither; sums and \
        metrics count every call whatever stands here. A provider, a model and a key may each name a level of their \
        own; of several, the one that keeps least counts.
        """
    static let example = """
        record:
          level: full
          sample: 100%
          redact: { builtin: [ keys, email, card ], patterns: [ { name: id, regex: 'ID-[0-9]+' } ] }
          retention: { days: 30, bytes: 50GiB }
        """

    private static let settings = RecordSettings()
    static let level = Field<Self, RecordLevel>(
        "level", .choice(of: RecordLevel.self), default: settings.level, "`full`, `metadata` or `off`.")
    static let sample = Field<Self, Int>(
        "sample", .percent, default: settings.samplePerMillion,
        """
        The share of traces whose rows are kept. Calls that end in an error are kept always. Sums of whole days, and \
        those by key, model and the like, count all calls; sums by user, session or tag of a part of a day count those \
        that have a row.
        """)
    static let bodyMax = Field<Self, Int>(
        "body_max", .size(ConfigLimits.recordedBody), default: settings.bodyBytesMax,
        "Bytes of each body that are kept; the rest is cut off.")
    static let redact = Field<Self, Written<RedactBlock>>(
        "redact", .block(RedactBlock.self), "What is taken out of bodies and previews before they are kept.")
    static let retention = Field<Self, Written<RetentionBlock>>(
        "retention", .block(RetentionBlock.self), "When days are deleted.")
    static let encryptionKey = Field<Self, Secret>(
        "encryption_key", .secret,
        "64 hexadecimal digits (32 bytes): bodies are encrypted at rest, and no previews are kept.")
    static let fields: [any BlockField] = [level, sample, bodyMax, redact, retention, encryptionKey]
}

/// `redact`.
enum RedactBlock: Block {
    static let title = "redact"
    static let summary = "Each place that is found becomes `[redacted:NAME]`."
    static let example = "record: { redact: { builtin: [ keys, email, card ] } }"

    static let builtin = Field<Self, [At<RedactedKind>]>(
        "builtin", .list(.choice(of: RedactedKind.self)), default: [],
        "`keys` (API keys and bearer tokens), `email`, `card` (card numbers).")
    static let patterns = Field<Self, [At<Written<PatternBlock>>]>(
        "patterns", .list(.block(PatternBlock.self)), default: [], "Patterns of your own.")
    static let fields: [any BlockField] = [builtin, patterns]
}

/// An item of `patterns`.
enum PatternBlock: Block {
    static let title = "pattern"
    static let summary = "A regular expression of PCRE2."
    static let example = "record: { redact: { patterns: [ { name: id, regex: 'ID-[0-9]+' } ] } }"

    static let name = Field<Self, String>("name", .identifier, isRequired: true, "What stands in the place it found.")
    static let regex = Field<Self, String>(
        "regex", .text("a regular expression", bytesMax: 4096), isRequired: true, "The expression.")
    static let fields: [any BlockField] = [name, regex]
}

/// `retention`.
enum RetentionBlock: Block {
    static let title = "retention"
    static let summary = "Whole days of UTC are deleted, the oldest first; the running day never is."
    static let example = "record: { retention: { days: 30, bytes: 50GiB } }"

    private static let settings = RecordSettings()
    static let days = Field<Self, Int>(
        "days", .integer(ConfigLimits.retentionDays), default: settings.retentionDays, "Days that are kept.")
    static let bytes = Field<Self, Int>(
        "bytes", .size(ConfigLimits.retentionBytes), default: Int(settings.retentionBytes),
        "Bytes that rows and bodies may take together.")
    static let fields: [any BlockField] = [days, bytes]
}

extension ValueType where Value == RecordSettings {
    /// A level alone, or the whole block.
    static let record = ValueType.either(
        scalar: .choice(
            RecordLevel.allCases.map { level in
                var settings = RecordSettings()
                settings.level = level
                return (word: level.rawValue, value: settings)
            }),
        block: .block(RecordBlock.self)
    ) { written in
        var settings = RecordSettings()
        settings.level = written[RecordBlock.level] ?? settings.level
        settings.samplePerMillion = written[RecordBlock.sample] ?? settings.samplePerMillion
        settings.bodyBytesMax = written[RecordBlock.bodyMax] ?? settings.bodyBytesMax
        if let redact = written[RecordBlock.redact] {
            settings.redactedKinds = Set((redact[RedactBlock.builtin] ?? []).map(\.value))
            settings.redactedPatterns = (redact[RedactBlock.patterns] ?? []).compactMap { item in
                guard let name = item.value[PatternBlock.name], let regex = item.value[PatternBlock.regex] else {
                    return nil
                }
                return RedactionPattern(name: name, regex: regex)
            }
        }
        if let retention = written[RecordBlock.retention] {
            settings.retentionDays = retention[RetentionBlock.days] ?? settings.retentionDays
            settings.retentionBytes = retention[RetentionBlock.bytes].map { Int64($0) } ?? settings.retentionBytes
        }
        settings.encryptionKey = written[RecordBlock.encryptionKey]
        return settings
    }
}

extension ValueType where Value == Int {
    /// Parts of a million, written as a percentage with at most four decimals.
    static let percent = ValueType.scalar(
        ScalarShape(
            name: "percentage, 0% to 100%", expectation: "a percentage, such as 100% or 2.5%",
            form: .pattern("^[0-9]+([.][0-9]{1,4})?%$")),
        format: { parts in
            let fraction = String(parts % 10_000 + 10_000).dropFirst()
            let decimals = fraction.replacing(#/0+$/#, with: "")
            return "\(parts / 10_000)" + (decimals.isEmpty ? "" : "." + decimals) + "%"
        }
    ) { text throws(ScalarProblem) in
        let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard text.hasSuffix("%"), (1...2).contains(parts.count), let whole = IntegerText.parse(String(parts[0])),
            (0...100).contains(whole), !parts[0].hasPrefix("-")
        else { throw .unexpected }
        let decimals = parts.count == 2 ? parts[1] : "0"
        guard (1...4).contains(decimals.utf8.count), decimals.utf8.allSatisfy(Characters.isDigit),
            let fraction = Int(decimals + String(repeating: "0", count: 4 - decimals.utf8.count))
        else { throw .unexpected }
        let value = whole * 10_000 + fraction
        guard value <= 1_000_000 else { throw .unexpected }
        return value
    }
}
