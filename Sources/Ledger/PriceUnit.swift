/// What a price is for: one token of a bucket of `TokenUsage`, or one of something that is counted otherwise.
public enum PriceUnit: Int, Sendable, CaseIterable {
    // MARK: Tokens
    case input, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning, inputAudio, outputAudio, inputImage
    case outputImage
    // MARK: Others
    /// One image that was made.
    case image
    /// One second of sound.
    case audioSecond
    /// One call, whatever it used.
    case request
    /// One search that a reranker bills by.
    case searchUnit
    /// One search that the provider ran for the model.
    case webSearch

    /// As the catalogue, the configuration and the command line write it.
    public var name: String { PriceUnit.names[rawValue] }

    /// Whether it is for tokens: those have prices by context length, service tier and region.
    public var isToken: Bool { rawValue <= PriceUnit.outputImage.rawValue }

    private static let names = [
        "input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning", "input_audio",
        "output_audio", "input_image", "output_image", "image", "audio_second", "request", "search_unit", "web_search",
    ]

    public init?(name: String) {
        guard let place = PriceUnit.names.firstIndex(of: name) else { return nil }
        self.init(rawValue: place)
    }

    /// The unit whose price counts where a list has none for this one; nil: there is none, and the price is unknown.
    ///
    /// Providers leave out a price where it is no other: a model without a cache discount bills reads of the cache as
    /// input, one without a price for thoughts bills them as output, one lifetime of cache writes stands for both, and
    /// sound and pictures are tokens like others where nothing else is said.
    public var fallback: PriceUnit? {
        switch self {
        case .cacheRead, .cacheWrite5m, .inputAudio, .inputImage: .input
        case .cacheWrite1h: .cacheWrite5m
        case .reasoning, .outputAudio, .outputImage: .output
        case .input, .output, .image, .audioSecond, .request, .searchUnit, .webSearch: nil
        }
    }

    /// The unit whose change the price of this one follows, in a schedule that does not name it.
    var leader: PriceUnit? {
        switch self {
        case .cacheRead, .cacheWrite5m, .cacheWrite1h, .inputAudio, .inputImage, .input: .input
        case .reasoning, .outputAudio, .outputImage, .output: .output
        case .image, .audioSecond, .request, .searchUnit, .webSearch: nil
        }
    }
}
