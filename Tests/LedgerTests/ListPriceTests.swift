import Core
import Ledger
import Testing

/// What calls cost by the providers' price lists, worked out by hand from the lists of November 2026.
@Suite struct ListPriceTests {
    struct Case: Sendable, CustomStringConvertible {
        let kind: String
        let model: String
        let used: String
        let cost: String
        var tier: String?
        var region = "default"
        var at = time("2026-11-24")

        init(
            _ kind: String, _ model: String, _ used: String, _ cost: String, tier: String? = nil,
            region: String = "default", at: Int64 = time("2026-11-24")
        ) {
            (self.kind, self.model, self.used, self.cost) = (kind, model, used, cost)
            (self.tier, self.region, self.at) = (tier, region, at)
        }

        var description: String { "\(kind) \(model) \(used) \(tier ?? "") \(region)" }
    }

    static let openAI = [
        // 1000 x 1.25 + 400 x 0.125 + 100 x 10 + 50 x 10 per million
        Case("openai", "gpt-5", "input_uncached=1000 cache_read=400 output=100 reasoning=50", "0.0028"),
        Case("openai", "gpt-5", "input_uncached=1000 cache_read=400 output=150", "0.0014", tier: "flex"),
        Case("openai", "gpt-5", "input_uncached=1000 cache_read=400 output=150", "0.0056", tier: "priority"),
        Case("openai", "gpt-5", "input_uncached=1000 cache_read=400 output=150", "0.0056", tier: "fast"),
        Case("openai", "gpt-5", "input_uncached=1000 cache_read=400 output=150", "0.0014", tier: "batch"),
        Case("openai", "gpt-5", "input_uncached=1000 cache_read=400 output=150", "0.0028", tier: "default"),
        Case("openai", "gpt-5", "input_uncached=1000 cache_read=400 output=150", "0.0028", region: "eu"),
        Case("openai", "gpt-5", "input_uncached=1000 cache_read=400 output=150", "0.0028", region: "us"),
        Case("openai", "gpt-5", "input_uncached=1000 web_searches=3", "0.03125"),
        Case("openai", "gpt-5.4", "input_uncached=1000 output=100", "0.0044", region: "eu"),
        Case("openai", "gpt-5.4", "input_uncached=1000 output=100", "0.0044", region: "us"),
        Case("openai", "gpt-5.4", "input_uncached=272000 output=100", "0.6815"),
        Case("openai", "gpt-5.4", "input_uncached=272001 output=100", "1.362255"),
        Case("openai", "gpt-5.4", "input_uncached=172001 cache_read=100000 output=100", "0.912255"),
        Case("openai", "gpt-5.4", "input_uncached=272001 output=100", "0.6811275", tier: "flex"),
        // No price for both: twice for priority, and twice and one and a half times for the length.
        Case("openai", "gpt-5.4", "input_uncached=300000 output=100", "3.0045", tier: "priority"),
        Case("openai", "gpt-4o-2024-08-06", "input_uncached=1000000", "2.5"),
        Case("openai", "gpt-4o", "input_uncached=1000000 cache_read=1000000", "6.375", tier: "priority"),
        // The list has no batch price for the cache: it follows the input, which costs half.
        Case("openai", "gpt-4o", "cache_read=1000000", "0.625", tier: "batch"),
        Case("openai", "text-embedding-3-small", "input_uncached=8000", "0.00016"),
        Case("openai", "gpt-image-1", "input_uncached=50 input_image=200 output_image=4160", "0.16865"),
        Case("openai", "gpt-4o-audio-preview-2024-12-17", "input_audio=1000 output_audio=500 output=40", "0.0804"),
        Case("openai", "whisper-1", "audio_ms=90500", "0.00905"),
        Case("openai", "gpt-4o-transcribe", "input_audio=1000 output=100 audio_ms=60000", "0.0035"),
        Case("openai", "gpt-6-astra", "cache_write_5m=1000 cache_read=1000 output=10", "0.014"),
        Case("openai", "gpt-6-astra", "cache_write_5m=1000 output=10", "0.0780", tier: "ultrafast"),
    ]

    static let anthropic = [
        Case(
            "anthropic", "claude-sonnet-4-5",
            "input_uncached=1000 cache_read=20000 cache_write_5m=3000 cache_write_1h=500 output=700", "0.03375"),
        Case("anthropic", "claude-sonnet-4-5", "input_uncached=150000 cache_read=100000 output=100", "0.4815"),
        // A cache write of an hour costs half in a batch too, though the list leaves it out.
        Case("anthropic", "claude-sonnet-4-5", "cache_write_1h=1000 output=100", "0.00375", tier: "batch"),
        Case("anthropic", "claude-haiku-5-5", "input_uncached=100000 output=1000", "0.0105"),
        Case("anthropic", "claude-haiku-5-5", "input_uncached=50000 cache_read=50001 output=1000", "0.03000005"),
        Case("anthropic", "claude-haiku-5-5", "input_uncached=1000 cache_write_1h=200000", "0.10025", tier: "batch"),
        Case("anthropic", "claude-opus-4-6", "input_uncached=1000 output=100 web_searches=2", "0.02825", region: "us"),
        Case("anthropic", "claude-opus-4-6", "input_uncached=1000 output=100 web_searches=2", "0.0275", region: "eu"),
        // The list has no factor for the older models.
        Case("anthropic", "claude-haiku-4-5", "input_uncached=10 output=20", "0.00011", region: "us"),
        Case("anthropic", "claude-opus-5", "input_uncached=1000 output=100", "0.015", tier: "fast"),
        Case("anthropic", "claude-haiku-4-5-20251001", "input_uncached=10 output=20", "0.00011"),
    ]

    static let clouds = [
        Case(
            "bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0", "input_uncached=200000 output=100", "0.6015"),
        Case(
            "bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0",
            "input_uncached=100000 cache_read=100000 cache_write_5m=1 output=100", "0.6622575"),
        Case(
            "bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0", "input_uncached=300000 output=100", "0.901125",
            tier: "batch"),
        Case(
            "bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "input_uncached=1000 output=100", "0.00495"),
        Case("bedrock", "amazon.nova-pro-v1:0", "input_uncached=1000 output=100", "0.00056", tier: "flex"),
        Case("bedrock", "amazon.nova-pro-v1:0", "input_uncached=1000", "0.00096", region: "us-gov-west-1"),
        // Only the government's regions cost more.
        Case("bedrock", "amazon.nova-pro-v1:0", "input_uncached=1000", "0.0008", region: "us"),
        Case("bedrock", "amazon.nova-pro-v1:0", "input_uncached=1000", "0.0008", region: "us-east-1"),
        Case("gemini", "gemini-2.5-pro", "input_uncached=1000 output=10 reasoning=90", "0.00225", region: "us"),
        Case("bedrock", "cohere.rerank-v3-5:0", "search_units=2", "0.004"),
        Case("vertex", "claude-sonnet-4-5@20250929", "input_uncached=200001 output=100", "1.202256"),
        Case("vertex", "claude-sonnet-4-5", "input_uncached=1000 output=100", "0.00495", region: "europe-west1"),
        Case("vertex", "claude-sonnet-4-5", "input_uncached=1000 output=100", "0.0045", region: "global"),
        Case("vertex", "gemini-2.5-pro", "input_uncached=1000 output=10 reasoning=90", "0.00225"),
        Case("gemini", "gemini-2.5-pro", "input_uncached=250000 output=10 reasoning=90", "0.6265"),
        Case("gemini", "gemini-2.5-pro", "input_uncached=250000 output=100", "1.1277", tier: "priority"),
        Case("gemini", "gemini-2.5-flash", "input_uncached=100 input_audio=1000 reasoning=50", "0.001155"),
        // The list has no price for sound in the flex tier: it follows the input, which costs half.
        Case("gemini", "gemini-2.5-flash", "input_audio=1000", "0.0005", tier: "flex"),
        // An image is billed by its tokens, and not a second time by the piece.
        Case("gemini", "gemini-2.5-flash-image", "input_uncached=10 output_image=1290 images=1", "0.038703"),
        Case("gemini", "gemini-2.5-flash-image", "images=1", "0.039"),
        Case("azure", "gpt-4o", "input_uncached=1000 output=100", "0.00385", region: "eu"),
        Case("azure", "gpt-4o", "input_uncached=1000 output=100", "0.0035", region: "swedencentral"),
        Case("databricks", "databricks-claude-sonnet-4-5", "input_uncached=1000 output=100", "0.004499992"),
    ]

    static let others = [
        Case("deepseek", "deepseek-chat", "input_uncached=1000 cache_read=9000 output=100", "0.000574"),
        // Tuesday, 8 o'clock in UTC: a busy hour. The same call at 11, and on a Saturday.
        Case(
            "deepseek", "deepseek-v4-pro", "input_uncached=1000 cache_read=1000 output=100", "0.00176",
            at: time("2026-11-24", 8)),
        Case(
            "deepseek", "deepseek-v4-pro", "input_uncached=1000 cache_read=1000 output=100", "0.00088",
            at: time("2026-11-24", 11)),
        Case(
            "deepseek", "deepseek-v4-pro", "input_uncached=1000 cache_read=1000 output=100", "0.00088",
            at: time("2026-11-28", 8)),
        Case("mistral", "mistral-large-latest", "input_uncached=1000 output=100", "0.00065"),
        Case("groq", "openai/gpt-oss-120b", "input_uncached=1000 cache_read=1000 output=100", "0.000285"),
        Case("groq", "whisper-large-v3", "audio_ms=60000", "0.0018498"),
        Case("xai", "grok-4.6", "input_uncached=1000 output=100 reasoning=200", "0.0038"),
        Case("xai", "grok-4.6", "input_uncached=200001 output=100", "0.801204"),
        Case("xai", "grok-imagine-image", "images=2", "0.04"),
        Case("cohere", "rerank-v3.5", "search_units=3", "0.006"),
        Case("cohere", "command-a-03-2025", "input_uncached=1000 output=100", "0.0035"),
        Case("cohere", "embed-v4.0", "input_uncached=1000 input_image=100", "0.000167"),
        Case("together", "openai/gpt-oss-120b", "input_uncached=1000 output=100", "0.00021"),
        Case("fireworks", "accounts/fireworks/models/deepseek-v3p2", "input_uncached=1000 output=100", "0.000728"),
        Case("fireworks", "gpt-oss-120b", "input_uncached=1000 output=100", "0.000252", tier: "priority"),
        Case("perplexity", "sonar-pro", "input_uncached=1000 output=100 web_searches=1", "0.0105"),
        Case("voyage", "voyage-3.5", "input_uncached=120000", "0.0072"),
        Case("voyage", "rerank-2.5", "input_uncached=10000", "0.0005"),
        Case("cerebras", "gpt-oss-120b", "input_uncached=1000 output=100", "0.000425"),
        Case("simulator", "echo", "input_uncached=1000 cache_read=1000 output=100", "0.000285"),
        Case("simulator", "error-503", "input_uncached=7", "0.00000105"),
    ]

    @Test(arguments: openAI + anthropic + clouds + others) func aCallCostsWhatTheListSays(_ call: Case) throws {
        let cost = try #require(
            PriceBook.embedded.cost(
                of: usage(call.used), kind: call.kind, provider: "x", servedModel: nil, upstreamModel: call.model,
                serviceTier: call.tier, region: call.region, at: call.at))
        #expect(cost == Money(usd: call.cost))
    }

    @Test(arguments: [
        ("openai", "gpt-99", "output=1"), ("openai-compatible", "gpt-5", "output=1"), ("ollama", "llama3", "output=1"),
        ("vllm", "gpt-5", "output=1"), ("openrouter", "openai/gpt-4o", "output=1"),
        // Pieces without a price, beside tokens with one.
        ("deepseek", "deepseek-chat", "output=1 web_searches=1"), ("openai", "gpt-5", "output=1 search_units=1"),
        ("openai", "gpt-5", "output=1 images=1"), ("mistral", "mistral-large-latest", "output=1 audio_ms=1000"),
        ("openai", "whisper-1", "output=1"),
    ]) func whatHasNoPriceCostsNobodyKnowsWhat(_ kind: String, _ model: String, _ used: String) {
        #expect(PriceBook.embedded.dollars(kind, model, used) == "unknown")
    }

    @Test func nothingUsedCostsNothingWhateverItsPrice() {
        #expect(PriceBook.embedded.dollars("openai", "gpt-99", "") == "0")
        #expect(PriceBook.embedded.dollars("openai-compatible", "x", "") == "0")
    }
}
