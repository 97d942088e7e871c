import Core
import Ledger
import Testing

@Suite struct PriceBookTests {
    private func entry(
        _ owner: String, _ model: String, input: Int64, output: Int64? = nil, from: String? = nil
    ) -> PriceEntry {
        var rates = Rates()
        rates[.input] = input
        rates[.output] = output
        return PriceEntry(owner: owner, model: model, from: from.map { time($0) }, rates: rates)
    }

    /// What a million tokens of input cost.
    private func input(
        _ book: PriceBook, _ kind: String, _ model: String, provider: String = "p", served: String? = nil,
        at: Int64 = time("2026-11-24")
    ) -> String {
        book.dollars(kind, model, "input_uncached=1000000", at: at, provider: provider, served: served)
    }

    @Test(arguments: [
        "gpt-4o", "gpt-4o-2024-08-06", "gpt-4o-latest", "openai/gpt-4o", "models/gpt-4o", "ft:gpt-4o:org::id",
        "gpt-4o-20240806", "gpt-4o@20240806", "gpt-4o-001",
    ]) func aVersionOfAModelIsTheModel(_ name: String) {
        let book = PriceBook(overrides: [
            entry("k", "gpt-4o", input: 7_000_000), entry("k", "ft:gpt-4o", input: 7_000_000),
        ])
        #expect(input(book, "k", name) == "7")
    }

    @Test(arguments: [
        "anthropic.claude-x", "eu.anthropic.claude-x-v1:0", "global.anthropic.claude-x-20250929-v1:0",
        "anthropic.claude-x:0", "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-x-v1:0",
    ]) func bedrocksNamesLeadToTheModel(_ name: String) {
        let book = PriceBook(overrides: [entry("bedrock", "anthropic.claude-x", input: 7_000_000)])
        #expect(input(book, "bedrock", name) == "7")
    }

    @Test(arguments: ["gpt-4o-mini", "gpt-4", "gpt-4o-2024", "xgpt-4o", "", "-", "@", "/", "ft:", "models/", "gpt-4o/"])
    func anotherNameIsAnotherModel(_ name: String) {
        let book = PriceBook(overrides: [entry("k", "gpt-4o", input: 7_000_000)])
        #expect(input(book, "k", name) == "unknown")
    }

    @Test func aDatedEntryCountsBeforeTheModelItself() {
        let book = PriceBook(overrides: [
            entry("k", "m", input: 1_000_000), entry("k", "m-2026-01-01", input: 2_000_000),
        ])
        #expect(input(book, "k", "m-2026-01-01") == "2")
        #expect(input(book, "k", "models/m-2026-01-01") == "2")
        #expect(input(book, "k", "m-2026-02-02") == "1")
    }

    @Test func theModelThatAnsweredIsAskedFirst() {
        let book = PriceBook(overrides: [entry("k", "a", input: 1_000_000), entry("k", "b", input: 2_000_000)])
        #expect(input(book, "k", "a", served: "b") == "2")
        #expect(input(book, "k", "a", served: "unheard-of") == "1")
    }

    @Test func whatTheConfigurationSaysCountsBeforeTheLists() {
        let book = PriceBook(
            imported: [entry("openai", "gpt-5", input: 3_000_000)],
            overrides: [entry("openai", "gpt-5", input: 4_000_000), entry("mine", "gpt-5", input: 5_000_000)])
        #expect(input(book, "openai", "gpt-5") == "4")
        #expect(input(book, "openai", "gpt-5", provider: "mine") == "5")
        #expect(input(book, "openai", "gpt-5", served: "gpt-5-2025-08-07") == "4")
        // It counts whole: what it leaves out is not taken from the list.
        #expect(book.dollars("openai", "gpt-5", "output=1") == "unknown")
    }

    @Test func anAttemptCostsWhatItsProviderSaysElseWhatTheListSays() {
        let book = PriceBook(overrides: [entry("k", "m", input: 1_000_000)])
        var attempt = AttemptRecord(
            provider: "p", providerKind: "k", upstreamModel: "m", region: "default", spanID: SpanID(1), startedAfter: 0)
        attempt.usage = usage("input_uncached=1000000")
        #expect(book.cost(of: attempt, at: 0) == .zero, "no use is known")
        attempt.usageSource = .estimated
        #expect(book.cost(of: attempt, at: 0)?.usdText == "1")
        attempt.servedModel = "unheard-of"
        #expect(book.cost(of: attempt, at: 0)?.usdText == "1")
        attempt.upstreamModel = "unheard-of"
        #expect(book.cost(of: attempt, at: 0) == nil)
        attempt.statedCost = Money(usd: "7")
        #expect(book.cost(of: attempt, at: 0)?.usdText == "7")
    }

    @Test func aStarStandsForAnyRestAndTheLongestCounts() {
        let book = PriceBook(overrides: [
            entry("k", "*", input: 1_000_000), entry("k", "a*", input: 2_000_000), entry("k", "ab", input: 3_000_000),
        ])
        #expect(input(book, "k", "x") == "1")
        #expect(input(book, "k", "abc") == "2")
        #expect(input(book, "k", "ab") == "3")
        #expect(input(book, "other", "x") == "unknown")
    }

    @Test func theEntryCountsThatHasBegun() {
        let book = PriceBook(overrides: [
            entry("k", "m", input: 2_000_000, from: "2027-01-01"),
            entry("k", "m", input: 1_000_000, from: "2026-01-01"),
        ])
        #expect(input(book, "k", "m", at: time("2026-01-01") - 1) == "unknown")
        #expect(input(book, "k", "m", at: time("2026-01-01")) == "1")
        #expect(input(book, "k", "m", at: time("2027-01-01") - 1) == "1")
        #expect(input(book, "k", "m", at: time("2027-01-01")) == "2")
    }

    @Test func anImportedPriceReplacesTheBuiltInOneFromItsDayOn() {
        let book = PriceBook(imported: [entry("openai", "gpt-5", input: 3_000_000, from: "2027-01-01")])
        #expect(input(book, "openai", "gpt-5", at: time("2027-01-01") - 1) == "1.25")
        #expect(input(book, "openai", "gpt-5", at: time("2027-01-01")) == "3")
        #expect(input(book, "openai", "gpt-4o", at: time("2027-01-01")) == "2.5")
    }

    @Test func anEntryOfALaterDayDoesNotHideAModelOfToday() {
        let book = PriceBook(overrides: [
            entry("k", "m", input: 1_000_000), entry("k", "m-20260101", input: 2_000_000, from: "2027-01-01"),
        ])
        #expect(input(book, "k", "m-20260101") == "1")
    }

    @Test func aMissingPriceFallsBackAsDescribed() {
        let book = PriceBook(overrides: [entry("k", "m", input: 1_000_000, output: 2_000_000)])
        for bucket in TokenUsage.buckets.map(\.name) where !["search_units", "images", "audio_ms"].contains(bucket) {
            guard bucket != "web_searches" else { continue }
            let isOutput = ["output", "reasoning", "output_audio", "output_image"].contains(bucket)
            #expect(book.dollars("k", "m", "\(bucket)=1000000") == (isOutput ? "2" : "1"), "\(bucket)")
        }
        var rates = Rates([.cacheWrite5m: 3_000_000])
        rates[.input] = 1_000_000
        let writes = PriceBook(overrides: [PriceEntry(owner: "k", model: "m", rates: rates)])
        #expect(writes.dollars("k", "m", "cache_write_1h=1000000") == "3")
    }

    @Test func aCostIsTheSumOfItsBuckets() throws {
        var generator = SystemRandomNumberGenerator()
        let buckets = TokenUsage.buckets.filter { ["output_image", "images", "audio_ms"].contains($0.name) == false }
        let rates = Rates([
            .input: 3, .cacheRead: 5, .cacheWrite5m: 7, .cacheWrite1h: 11, .output: 13, .reasoning: 17,
            .inputAudio: 19, .outputAudio: 23, .inputImage: 29, .searchUnit: 31, .webSearch: 37,
        ])
        let price = Price(PriceEntry(owner: "k", model: "m", rates: rates))
        for _ in 0..<200 {
            var whole = TokenUsage()
            var sum = Money.zero
            for bucket in buckets {
                let count = Int.random(in: 0...1_000_000_000, using: &generator)
                var part = TokenUsage()
                part[bucket] = count
                whole[bucket] = count
                sum += try #require(price.cost(of: part, serviceTier: nil, region: "default", at: 0))
            }
            #expect(price.cost(of: whole, serviceTier: nil, region: "default", at: 0) == sum)
        }
    }

    @Test func aCallHasItsPriceOnceWhateverItUsed() {
        let book = PriceBook(overrides: [
            PriceEntry(owner: "k", model: "m", rates: Rates([.input: 1, .request: 5_000_000_000]))
        ])
        #expect(book.dollars("k", "m", "input_uncached=1000000") == "0.005001")
    }

    @Test func countsThatNoProviderWouldReportDoNotOverflow() {
        let used = "input_uncached=\(Int.max / 16) output=\(Int.max / 16)"
        #expect(PriceBook.embedded.dollars("openai", "gpt-5", used) != "unknown")
        #expect(PriceBook.embedded.dollars("openai", "gpt-5", "input_uncached=-5 output=1") == "0.00001")
    }
}
