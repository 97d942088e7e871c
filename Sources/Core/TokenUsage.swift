/// What one attempt used, in disjoint buckets: no token stands in two of them, whatever the provider's spelling.
///
/// All but the last four are tokens.
public struct TokenUsage: Sendable, Equatable {
    public var inputUncached = 0
    public var cacheRead = 0
    public var cacheWrite5m = 0
    public var cacheWrite1h = 0
    /// Billed as output, without `reasoning`.
    public var output = 0
    /// 0 where the provider does not tell it from the output.
    public var reasoning = 0
    public var inputAudio = 0
    public var outputAudio = 0
    public var inputImage = 0
    public var outputImage = 0
    /// Searches that a reranker bills by (Cohere's `search_units`).
    public var searchUnits = 0
    /// Web searches that the provider ran for the model.
    public var webSearches = 0
    /// Images that were made, where they are billed by the piece.
    public var images = 0
    /// Milliseconds of sound, where it is billed by time.
    public var audioMilliseconds = 0

    public init() {}

    public var inputTotal: Int {
        .sumSaturating(inputUncached, cacheRead, cacheWrite5m, cacheWrite1h, inputAudio, inputImage)
    }
    public var outputTotal: Int { .sumSaturating(output, reasoning, outputAudio, outputImage) }

    /// A bucket's name as the API, the metrics and the command line write it, and where it stands.
    public struct Bucket: Sendable {
        public let name: String
        /// In `buckets`; rows of the store are written by it.
        public let place: Int
        /// Shown also where it is 0.
        public let isAlwaysShown: Bool
    }

    public static let buckets: [Bucket] = [
        ("input_uncached", true), ("cache_read", true), ("cache_write_5m", true), ("cache_write_1h", true),
        ("output", true), ("reasoning", true), ("input_audio", false), ("output_audio", false),
        ("input_image", false), ("output_image", false), ("search_units", false), ("web_searches", false),
        ("images", false), ("audio_ms", false),
    ].enumerated().map { Bucket(name: $1.0, place: $0, isAlwaysShown: $1.1) }

    public subscript(bucket: Bucket) -> Int {
        get {
            var copy = self
            return copy.withBucket(bucket.place) { $0 } ?? 0
        }
        set { withBucket(bucket.place) { $0 = newValue } }
    }

    /// By a bucket's place rather than by a key path, which takes far longer: a chart of a month asks a million times.
    /// - Returns: nil where there is no such bucket.
    @discardableResult
    public mutating func withBucket<Result>(_ place: Int, _ body: (inout Int) -> Result) -> Result? {
        switch place {
        case 0: return body(&inputUncached)
        case 1: return body(&cacheRead)
        case 2: return body(&cacheWrite5m)
        case 3: return body(&cacheWrite1h)
        case 4: return body(&output)
        case 5: return body(&reasoning)
        case 6: return body(&inputAudio)
        case 7: return body(&outputAudio)
        case 8: return body(&inputImage)
        case 9: return body(&outputImage)
        case 10: return body(&searchUnits)
        case 11: return body(&webSearches)
        case 12: return body(&images)
        case 13: return body(&audioMilliseconds)
        default: return nil
        }
    }

    /// Past the largest number the sum stays there: what a provider states must not end the program.
    public static func += (a: inout TokenUsage, b: TokenUsage) {
        a.inputUncached.addSaturating(b.inputUncached)
        a.cacheRead.addSaturating(b.cacheRead)
        a.cacheWrite5m.addSaturating(b.cacheWrite5m)
        a.cacheWrite1h.addSaturating(b.cacheWrite1h)
        a.output.addSaturating(b.output)
        a.reasoning.addSaturating(b.reasoning)
        a.inputAudio.addSaturating(b.inputAudio)
        a.outputAudio.addSaturating(b.outputAudio)
        a.inputImage.addSaturating(b.inputImage)
        a.outputImage.addSaturating(b.outputImage)
        a.searchUnits.addSaturating(b.searchUnits)
        a.webSearches.addSaturating(b.webSearches)
        a.images.addSaturating(b.images)
        a.audioMilliseconds.addSaturating(b.audioMilliseconds)
    }
}

extension FixedWidthInteger where Self: SignedInteger {
    public mutating func addSaturating(_ other: Self) {
        let (sum, overflows) = addingReportingOverflow(other)
        self = overflows ? (other < 0 ? .min : .max) : sum
    }

    public func multipliedSaturating(by other: Self) -> Self {
        let (product, overflows) = multipliedReportingOverflow(by: other)
        return overflows ? ((self < 0) == (other < 0) ? .max : .min) : product
    }

    public static func sumSaturating(_ values: Self...) -> Self { values.reduce(into: 0) { $0.addSaturating($1) } }
}

/// Where a usage comes from.
public enum UsageSource: String, Sendable, CaseIterable {
    /// The provider's own word.
    case provider
    /// Counted from the text by the model's tokenizer.
    case counted
    /// Worked out from sizes.
    case estimated
    /// Nothing is known, or nothing was used.
    case none
}
