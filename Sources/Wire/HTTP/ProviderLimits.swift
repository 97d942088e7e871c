public import Core

extension ProviderLimits {
    /// Reads what an answer's header fields say, in one pass; nil when they say nothing.
    ///
    /// The spellings, from the providers' own documents and from answers that were seen:
    /// - OpenAI, Azure, Groq, xAI: `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`, resets as durations. Azure
    ///   writes -1 and a limit of 0 for what it does not know.
    /// - Cerebras and Mistral: the same with their period behind (`-tokens-minute`, `-requests-day`, `-req-minute`).
    ///   Of several periods, the one with the least left counts.
    /// - Fireworks: `-tokens-prompt` and `-tokens-generated`.
    /// - OpenRouter and Together: `x-ratelimit-{limit,remaining,reset}`, which are requests.
    /// - Anthropic: `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}`, resets
    ///   as times of RFC 3339.
    ///
    /// - Parameter unixMicroseconds: the time of day, for those who tell a time and not a duration.
    public init?(_ fields: HeaderFields, unixMicroseconds: Int64) {
        var reader = ProviderLimitsReader(unixMicroseconds: unixMicroseconds)
        var retryAfter: String?
        var retryAfterMilliseconds: String?
        for line in fields.lines {
            switch line.name {
            case .rateLimitFamily, .anthropicRateLimitFamily:
                fields.withBytes(line.namePlace) { name in
                    fields.withBytes(line.valuePlace) { reader.take(line.name, name, $0) }
                }
            case .retryAfter: retryAfter = fields.text(line.valuePlace)
            case .retryAfterMilliseconds: retryAfterMilliseconds = fields.text(line.valuePlace)
            default: break
            }
        }
        guard reader.hasSeen || retryAfter != nil || retryAfterMilliseconds != nil else { return nil }
        self = reader.limits
        self.retryAfter = RetryAfter.nanoseconds(
            retryAfter: retryAfter, retryAfterMilliseconds: retryAfterMilliseconds,
            unixMicroseconds: unixMicroseconds)
    }
}

/// Gathers the windows that the lines of a head tell piece by piece.
private struct ProviderLimitsReader {
    private enum Part { case limit, remaining, reset }

    /// The windows that are told apart while they are gathered, and the names behind `x-ratelimit-limit`.
    private static let names: [(name: StaticString, window: Int)] = [
        ("requests", 0), ("requests-minute", 1), ("req-minute", 1), ("requests-hour", 2), ("requests-day", 3),
        ("tokens", 4), ("tokens-minute", 5), ("tokens-hour", 6), ("tokens-day", 7), ("tokens-prompt", 8),
        ("input-tokens", 8), ("tokens-generated", 9), ("output-tokens", 9),
    ]
    private static let parts: [(name: StaticString, part: Part)] = [
        ("limit", .limit), ("remaining", .remaining), ("reset", .reset),
    ]

    private let unixMicroseconds: Int64
    private var windows = InlineArray<10, ProviderLimits.Window>(repeating: ProviderLimits.Window())
    private(set) var hasSeen = false

    init(unixMicroseconds: Int64) { self.unixMicroseconds = unixMicroseconds }

    /// - Parameter family: one of the two that tell limits.
    mutating func take(_ family: HeaderName, _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        let isAnthropic = family == .anthropicRateLimitFamily
        let prefix: StaticString = isAnthropic ? "anthropic-ratelimit-" : "x-ratelimit-"
        let rest = UnsafeRawBufferPointer(rebasing: name.dropFirst(prefix.utf8CodeUnitCount))
        guard let (window, part) = isAnthropic ? Self.trailing(rest) : Self.leading(rest) else { return }
        hasSeen = true
        switch part {
        case .limit: windows[window].limit = JSONText.integer(value)
        case .remaining: windows[window].remaining = JSONText.integer(value)
        case .reset: windows[window].resetsIn = ResetTime.nanoseconds(value, unixMicroseconds: unixMicroseconds)
        }
    }

    /// `limit-requests`, or `limit` alone.
    private static func leading(_ name: UnsafeRawBufferPointer) -> (Int, Part)? {
        for (text, part) in parts {
            let length = text.utf8CodeUnitCount
            guard name.count >= length,
                UnsafeRawBufferPointer(rebasing: name[..<length]).equalsIgnoringCase(text)
            else { continue }
            if name.count == length { return (0, part) }
            guard name[length] == UInt8(ascii: "-") else { return nil }
            return window(UnsafeRawBufferPointer(rebasing: name[(length + 1)...])).map { ($0, part) }
        }
        return nil
    }

    /// `requests-limit`.
    private static func trailing(_ name: UnsafeRawBufferPointer) -> (Int, Part)? {
        guard let dash = name.lastIndex(of: UInt8(ascii: "-")) else { return nil }
        let word = UnsafeRawBufferPointer(rebasing: name[(dash + 1)...])
        guard let part = parts.first(where: { word.equalsIgnoringCase($0.name) })?.part else { return nil }
        return window(UnsafeRawBufferPointer(rebasing: name[..<dash])).map { ($0, part) }
    }

    private static func window(_ name: UnsafeRawBufferPointer) -> Int? {
        names.first { name.equalsIgnoringCase($0.name) }?.window
    }

    var limits: ProviderLimits {
        var limits = ProviderLimits()
        limits.requests = tightest(0...3)
        limits.tokens = tightest(4...7)
        limits.inputTokens = tightest(8...8)
        limits.outputTokens = tightest(9...9)
        return limits
    }

    private func tightest(_ range: ClosedRange<Int>) -> ProviderLimits.Window {
        var result = ProviderLimits.Window()
        for index in range {
            let window = Self.known(windows[index])
            if let remaining = window.remaining, remaining < result.remaining ?? .max { result = window }
        }
        return result
    }

    /// Without what stands for "unknown". A window is known by what is left of it.
    private static func known(_ window: ProviderLimits.Window) -> ProviderLimits.Window {
        guard let remaining = window.remaining, remaining >= 0, window.limit.map({ $0 > 0 }) ?? true else {
            return ProviderLimits.Window()
        }
        return window
    }
}
