import Core
import Ledger

/// An item of `prices`.
enum PriceBlock: Block {
    static let title = "price"
    static let summary = """
        What a model costs, where the built-in lists have no price or another one. It counts before the lists, whole: \
        what it leaves out is not taken from them. Amounts are US dollars, and are kept exactly. Reads and writes of \
        the cache, sound and pictures without a price of their own cost what input or output costs.
        """
    static let example = """
        prices:
          - { provider: openai, model: gpt-4o-mini, input: 0.15, cache_read: 0.075, output: 0.60 }
          - { provider: openai, model: "ours-*", from: 2027-01-01, unit: per_thousand, input: 0.002, output: 0.004 }
        """

    static let provider = Field<Self, String>(
        "provider", .text("the name of a provider, or a kind"), isRequired: true,
        "A member of `providers`, or a kind: then it counts for all providers of this kind.")
    static let model = Field<Self, String>(
        "model", .modelPattern, isRequired: true,
        "The provider's name for the model; a trailing `*` stands for any rest.")
    static let from = Field<Self, Int64>(
        "from", .instant, "From when on it counts; a date is its first instant in UTC. By default since ever.")
    static let unit = Field<Self, TokenUnit>(
        "unit", .choice(of: TokenUnit.self), default: .million, "How many tokens the prices of tokens are for.")
    static let cacheWrite = Field<Self, Money>(
        "cache_write", .dollars, "Tokens written to the cache, whatever their lifetime.")
    static let amounts: [(unit: PriceUnit, field: Field<Self, Money>)] = [
        (.input, Field("input", .dollars, "Tokens of input.")),
        (.cacheRead, Field("cache_read", .dollars, "Tokens read from the cache.")),
        (.cacheWrite5m, Field("cache_write_5m", .dollars, "Tokens written to the cache for five minutes.")),
        (.cacheWrite1h, Field("cache_write_1h", .dollars, "Tokens written to the cache for an hour.")),
        (.output, Field("output", .dollars, "Tokens of output.")),
        (.reasoning, Field("reasoning", .dollars, "Tokens of thoughts; by default as output.")),
        (.inputAudio, Field("input_audio", .dollars, "Tokens of sound in the input.")),
        (.outputAudio, Field("output_audio", .dollars, "Tokens of sound in the output.")),
        (.inputImage, Field("input_image", .dollars, "Tokens of pictures in the input.")),
        (.outputImage, Field("output_image", .dollars, "Tokens of pictures in the output.")),
        (.image, Field("image", .dollars, "One picture that was made.")),
        (.audioSecond, Field("audio_second", .dollars, "One second of sound.")),
        (.request, Field("request", .dollars, "One call, whatever it used.")),
        (.searchUnit, Field("search_unit", .dollars, "One search that a reranker bills by.")),
        (.webSearch, Field("web_search", .dollars, "One web search that the provider ran for the model.")),
    ]
    static let fields: [any BlockField] =
        [provider, model, from, unit, cacheWrite] + amounts.map { $0.field as any BlockField }

    enum TokenUnit: String, Sendable, CaseIterable {
        case million = "per_million"
        case token = "per_token"
        case thousand = "per_thousand"

        var tokens: Int128 {
            switch self {
            case .million: 1_000_000
            case .thousand: 1000
            case .token: 1
            }
        }
    }
}

extension ValueType where Value == Money {
    /// An amount of US dollars, exact to a millionth of a millionth.
    static let dollars = ValueType.scalar(
        ScalarShape(
            name: "US dollars", expectation: "an amount of US dollars such as 0.15, with at most 12 decimals",
            form: .name("^[0-9]+([.][0-9]+)?$")),
        format: \.usdText
    ) { text throws(ScalarProblem) in
        guard text.utf8.allSatisfy({ Characters.isDigit($0) || $0 == UInt8(ascii: ".") }), let amount = Money(usd: text)
        else { throw .unexpected }
        return amount
    }
}
