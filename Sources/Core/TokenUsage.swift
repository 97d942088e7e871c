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
        public let path: any WritableKeyPath<TokenUsage, Int> & Sendable
        /// Shown also where it is 0.
        public let isAlwaysShown: Bool
    }

    public static let buckets: [Bucket] = [
        Bucket(name: "input_uncached", path: \.inputUncached, isAlwaysShown: true),
        Bucket(name: "cache_read", path: \.cacheRead, isAlwaysShown: true),
        Bucket(name: "cache_write_5m", path: \.cacheWrite5m, isAlwaysShown: true),
        Bucket(name: "cache_write_1h", path: \.cacheWrite1h, isAlwaysShown: true),
        Bucket(name: "output", path: \.output, isAlwaysShown: true),
        Bucket(name: "reasoning", path: \.reasoning, isAlwaysShown: true),
        Bucket(name: "input_audio", path: \.inputAudio, isAlwaysShown: false),
        Bucket(name: "output_audio", path: \.outputAudio, isAlwaysShown: false),
        Bucket(name: "input_image", path: \.inputImage, isAlwaysShown: false),
        Bucket(name: "output_image", path: \.outputImage, isAlwaysShown: false),
        Bucket(name: "search_units", path: \.searchUnits, isAlwaysShown: false),
        Bucket(name: "web_searches", path: \.webSearches, isAlwaysShown: false),
        Bucket(name: "images", path: \.images, isAlwaysShown: false),
        Bucket(name: "audio_ms", path: \.audioMilliseconds, isAlwaysShown: false),
    ]

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

    static func sumSaturating(_ values: Self...) -> Self { values.reduce(into: 0) { $0.addSaturating($1) } }
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
