import Ledger
import Testing

@testable import Config

/// Lists that others publish.
@Suite struct PriceListTests {
    private func entries(_ text: String) throws(PriceListError) -> [PriceEntry] {
        try PriceList.entries(Array(text.utf8))
    }

    private func liteLLM(_ members: String, key: String = "m", provider: String = "openai") -> String {
        "{\"\(key)\": {\"litellm_provider\": \"\(provider)\", \"mode\": \"chat\", \(members)}}"
    }

    private func problem(_ text: String) -> String? {
        do throws(PriceListError) {
            _ = try entries(text)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func liteLLMsFieldsAreUnderstood() throws {
        let entry = try #require(
            try entries(
                liteLLM(
                    """
                    "input_cost_per_token": 1.25e-06, "output_cost_per_token": 0.00001,
                    "cache_creation_input_token_cost_above_1hr": 6e-06, "cache_read_input_token_cost": 1.25e-07,
                    "output_cost_per_token_above_200k_tokens": 3e-05, "input_cost_per_token_flex": 6.25e-07,
                    "output_cost_per_token_above_200k_tokens_priority": 6e-05, "output_cost_per_token_decisions": 9,
                    "regional_processing_uplift_multiplier_eu": 1.1, "supports_vision": true, "source": null,
                    "search_context_cost_per_query": {"search_context_size_low": 1, "search_context_size_medium": 0.01}
                    """)
            ).first)
        #expect(
            entry.rates
                == Rates([
                    .input: 1_250_000, .output: 10_000_000, .cacheWrite1h: 6_000_000, .cacheRead: 125_000,
                    .webSearch: 10_000_000_000,
                ]))
        #expect(
            entry.schedules == [
                .init(above: 200_000, rates: Rates([.output: 30_000_000])),
                .init(tier: .flex, rates: Rates([.input: 625_000])),
                .init(tier: .priority, above: 200_000, rates: Rates([.output: 60_000_000])),
            ])
        #expect(entry.regionFactors == [.init(region: "eu", numerator: 11, denominator: 10)])
    }

    @Test(
        arguments: [
            ("2.9999900000000002e-06", 2_999_990), ("1.0999999999999999e-05", 11_000_000), ("0.0", 0),
            ("3E-07", 300_000),
            ("0.0000025", 2_500_000), ("4.5e-13", 0), ("5e-13", 1),
        ] as [(String, Int64)]) func aNumberIsTakenFromItsOwnText(_ text: String, _ pico: Int64) throws
    {
        let list = liteLLM("\"input_cost_per_token\": \(text), \"output_cost_per_token\": 1")
        #expect(try entries(list).first?.rates[.input] == pico)
    }

    @Test(arguments: [
        ("gpt-5", "openai", "openai", "gpt-5"), ("gemini/gemini-x", "gemini", "gemini", "gemini-x"),
        ("vertex_ai/claude-x@20250929", "vertex_ai-anthropic_models", "vertex", "claude-x@20250929"),
        ("fireworks_ai/accounts/fireworks/models/x", "fireworks_ai", "fireworks", "x"),
        ("together_ai/openai/gpt-oss", "together_ai", "together", "openai/gpt-oss"),
        ("azure/global-standard/gpt-4o", "azure", "azure", "gpt-4o"), ("azure_ai/x", "azure_ai", "azure", "x"),
        ("us.anthropic.claude-x", "bedrock_converse", "bedrock", "us.anthropic.claude-x"),
    ]) func namesAreTheProvidersOwn(_ key: String, _ word: String, _ owner: String, _ model: String) throws {
        let entry = try #require(try entries(liteLLM("\"input_cost_per_token\": 1", key: key, provider: word)).first)
        #expect(entry.owner == owner && entry.model == model)
    }

    @Test func thePricesOfARegionAreAFactorWhereTheyAreOne() throws {
        let list = """
            {"azure/m": {"litellm_provider": "azure", "input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06},
             "azure/eu/m": {"litellm_provider": "azure", "input_cost_per_token": 2.2e-06,
               "output_cost_per_token": 8.8e-06},
             "azure/us/m": {"litellm_provider": "azure", "input_cost_per_token": 2.2e-06,
               "output_cost_per_token": 9e-06}}
            """
        let read = try entries(list)
        #expect(read.map(\.model) == ["m", "us/m"])
        #expect(read[0].regionFactors == [.init(region: "eu", numerator: 11, denominator: 10)])
    }

    @Test func pricesByTheTimeOfDayAreUnderstood() throws {
        let entry = try #require(
            try entries(
                liteLLM(
                    """
                    "input_cost_per_token": 2e-06, "off_peak_pricing": {"input_cost_per_token": 1e-06, "windows": [
                    {"hours_utc": ["00:00-01:00", "22:00-02:00"], "weekdays": [1, 2, 7]},
                    {"hours_utc": "10:00-00:00", "weekdays": [6]}]}
                    """)
            ).first)
        let expected = [
            WeekWindow(days: 1...2, minutes: 0..<60), WeekWindow(days: 7...7, minutes: 0..<60),
            WeekWindow(days: 1...2, minutes: 1320..<1440), WeekWindow(days: 2...2, minutes: 0..<120),
            WeekWindow(days: 3...3, minutes: 0..<120), WeekWindow(days: 7...7, minutes: 1320..<1440),
            WeekWindow(days: 1...1, minutes: 0..<120), WeekWindow(days: 6...6, minutes: 600..<1440),
        ]
        #expect(entry.offPeakWindows == expected.compactMap { $0 })
        #expect(entry.schedules == [.init(tier: .offPeak, rates: Rates([.input: 1_000_000]))])
    }

    @Test func modelsDevsListIsUnderstood() throws {
        let read = try entries(
            """
            {"google": {"id": "google", "models": {"gemini-x": {"cost": {"input": 1.25, "output": 10, "cache_read":
             0.125, "context_over_200k": {"input": 2.5}}}, "free": {"name": "no price"}}},
             "elsewhere": {"models": {"y": {"cost": {"input": 1}}}}}
            """)
        #expect(read.count == 1)
        #expect(read[0].owner == "gemini" && read[0].model == "gemini-x")
        #expect(read[0].rates == Rates([.input: 1_250_000, .output: 10_000_000, .cacheRead: 125_000]))
        #expect(read[0].schedules == [.init(above: 200_000, rates: Rates([.input: 2_500_000]))])
    }

    @Test func whatIsNotCountedHereIsLeftOut() throws {
        let list = """
            {"sample_spec": {"litellm_provider": "one of them", "input_cost_per_token": 1},
             "1024-x-1024/m": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_image": 1},
             "video": {"litellm_provider": "openai", "mode": "video_generation", "input_cost_per_token": 1},
             "speech": {"litellm_provider": "openai", "mode": "audio_speech", "input_cost_per_character": 1},
             "unpriced": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 0.0},
             "m": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1}}
            """
        #expect(try entries(list).map(\.model) == ["m"])
    }

    @Test(arguments: [
        ("", "line 1: not JSON: expected a value"), ("[]", "expected a JSON object of models, or of providers"),
        ("{\n\"m\": {", "line 2: not JSON: expected a member's name"),
        ("{} x", "line 1: not JSON: something follows the document"),
        ("{\"m\": \"", "line 1: not JSON: a string does not end"),
        (
            "{}",
            "no price in it that is understood; expected LiteLLM's list by models, or models.dev's by providers"
        ),
    ]) func anotherFileIsExplained(_ text: String, _ message: String) { #expect(problem(text) == message) }

    @Test(arguments: [
        ("-1e-06", "m.input_cost_per_token: '-1e-06' cannot be a price"),
        ("2e3", "m.input_cost_per_token: '2e3' cannot be a price"),
        ("1e", "m.input_cost_per_token: '1e' is no amount of US dollars"),
        ("1e999", "m.input_cost_per_token: '1e999' is no amount of US dollars"),
        ("1e9223372036854775807", "m.input_cost_per_token: '1e9223372036854775807' is no amount of US dollars"),
        ("\"3e-07\"", "m.input_cost_per_token: expected a number of US dollars"),
    ]) func aWrongPriceIsExplained(_ text: String, _ message: String) {
        #expect(problem(liteLLM("\"input_cost_per_token\": \(text)")) == message)
    }

    @Test func everyCutOfAListIsReadOrRefused() {
        let text = Array(liteLLM("\"input_cost_per_token\": 1e-06, \"x\": [1, null, {\"a\\u00e9\": \"\\\\\"}]").utf8)
        for end in text.indices {
            #expect(throws: PriceListError.self) { try PriceList.entries(Array(text[..<end])) }
            var broken = text
            broken[end] = UInt8(ascii: "\\")
            _ = try? PriceList.entries(broken)
        }
        let deep = String(repeating: "[", count: 100_000)
        #expect(problem(deep) == "line 1: not JSON: nested too deeply")
    }
}
