import Core
import Ledger
import Plan
import Testing

@testable import Config

/// The block `prices`.
@Suite struct PriceTests {
    private func rates(_ settings: String) throws -> Rates {
        try #require(try Load.snapshot("prices: [ { provider: demo, model: m, \(settings) } ]").prices.configured.first)
            .rates
    }

    private func errors(_ settings: String) -> [String] { Load.errors(Small.file + "prices: [ \(settings) ]\n") }

    @Test func withoutItTheListsCount() throws {
        #expect(try Load.snapshot("").prices === PriceBook.embedded)
    }

    @Test func everyKeyIsRead() throws {
        let text =
            "provider: simulator, model: \"m*\", from: 2027-01-01, input: 0.15, cache_read: 0.075, "
            + "cache_write_5m: 1, cache_write_1h: 2, output: 0.60, reasoning: 3, input_audio: 4, output_audio: 5, "
            + "input_image: 6, output_image: 7, image: 0.04, audio_second: 0.0001, request: 0.005, "
            + "search_unit: 0.002, web_search: 0.01"
        let entry = try #require(try Load.snapshot("prices: [ { \(text) } ]").prices.configured.first)
        #expect(entry.owner == "simulator" && entry.model == "m*" && entry.from == 1_798_761_600_000_000)
        let expected = Rates([
            .input: 150_000, .cacheRead: 75_000, .cacheWrite5m: 1_000_000, .cacheWrite1h: 2_000_000, .output: 600_000,
            .reasoning: 3_000_000, .inputAudio: 4_000_000, .outputAudio: 5_000_000, .inputImage: 6_000_000,
            .outputImage: 7_000_000, .image: 40_000_000_000, .audioSecond: 100_000_000, .request: 5_000_000_000,
            .searchUnit: 2_000_000_000, .webSearch: 10_000_000_000,
        ])
        #expect(entry.rates == expected)
    }

    @Test(
        arguments: [
            ("unit: per_token, input: 0.000001", 1_000_000), ("unit: per_thousand, input: 0.001", 1_000_000),
            ("input: 1", 1_000_000), ("input: 0", 0), ("input: 0.000001", 1),
        ] as [(String, Int64)]) func theUnitSaysForHowManyTokens(_ settings: String, _ price: Int64) throws
    {
        #expect(try rates(settings)[.input] == price)
    }

    @Test func oneKeyStandsForBothLifetimesOfTheCache() throws {
        let rates = try rates("cache_write: 3.75")
        #expect(rates[.cacheWrite5m] == 3_750_000 && rates[.cacheWrite1h] == 3_750_000)
        #expect(
            errors("{ provider: demo, model: m, cache_write: 1, cache_write_1h: 2 }") == [
                "headgate.yaml:3:71: prices[0].cache_write_1h: 'cache_write' and 'cache_write_1h' exclude each other"
            ])
    }

    @Test(arguments: ["-1", "1e-6", "x", "1;5", "0.0000000000001", "\"\""])
    func whatIsNoAmountIsRefusedWithItsPlace(_ text: String) {
        let found = text == "\"\"" ? "nothing" : "'\(text)'"
        #expect(
            errors("{ provider: demo, model: m, input: \(text) }") == [
                "headgate.yaml:3:46: prices[0].input: expected an amount of US dollars such as 0.15, with at most 12 "
                    + "decimals, found \(found)"
            ])
    }

    @Test(arguments: ["input: 0.0000001", "unit: per_thousand, input: 0.0000000001", "unit: per_token, input: 1001"])
    func whatCannotBeKeptExactlyIsRefused(_ settings: String) {
        let found = errors("{ provider: demo, model: m, \(settings) }")
        #expect(found.count == 1)
        #expect(found.first?.contains("prices[0].input: not an exact price") == true)
    }

    @Test func aProviderIsOneOfTheFileOrAKind() {
        #expect(
            errors("{ provider: dmo, model: m, input: 1 }") == [
                "headgate.yaml:3:23: prices[0].provider: no provider 'dmo' in 'providers', and no kind of this name; "
                    + "did you mean 'demo'?"
            ])
        #expect(errors("{ provider: openai, model: m, input: 1 }") == [])
    }

    @Test func aPriceNeedsAnAmount() {
        #expect(
            errors("{ provider: demo, model: m }") == [
                "headgate.yaml:3:11: prices[0]: a price needs an amount, such as 'input' and 'output'"
            ])
    }

    @Test func importedListsCountBehindTheFile() throws {
        let file = try Load.configuration(Small.file + "prices: [ { provider: demo, model: m, input: 1 } ]\n")
        let imported = [
            PriceEntry(owner: "simulator", model: "m", rates: Rates([.input: 5])),
            PriceEntry(owner: "simulator", model: "n", rates: Rates([.input: 6])),
        ]
        let book = file.adding(prices: imported).snapshot.prices
        let price = { book.price(kind: "simulator", provider: "demo", model: $0, at: 0)?.entry.rates[.input] }
        #expect(price("m") == 1_000_000)
        #expect(price("n") == 6)
        #expect(price("echo") == 150_000)
    }
}
