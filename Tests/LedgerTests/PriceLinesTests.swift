import Core
import Ledger
import Testing

@Suite struct PriceLinesTests {
    private func attempt(_ used: String, model: String, kind: String = "openai") -> AttemptRecord {
        var attempt = AttemptRecord(
            provider: kind, providerKind: kind, upstreamModel: model, region: "eu", spanID: SpanID(1), startedAfter: 0)
        attempt.usage = usage(used)
        attempt.usageSource = .provider
        return attempt
    }

    @Test(arguments: [
        "input_uncached=1000 output=20", "input_uncached=7 cache_read=900 output=3 reasoning=11", "output=1",
    ]) func linesAddUpToTheCost(_ used: String) throws {
        let attempt = attempt(used, model: "gpt-4o-mini")
        let lines = PriceBook.embedded.lines(of: attempt, at: time("2026-11-24"))
        let cost = try #require(PriceBook.embedded.cost(of: attempt, at: time("2026-11-24")))
        #expect(lines.reduce(Money.zero) { $0 + $1.cost } == cost && cost > .zero)
        #expect(lines.count == used.split(separator: " ").count)
        #expect(lines.allSatisfy { line in line.price.map { $0 * line.quantity } == line.cost })
    }

    @Test func soundBySecondsHasALine() throws {
        var rates = Rates()
        rates[.audioSecond] = 100_000_000
        let book = PriceBook(overrides: [PriceEntry(owner: "openai", model: "whisper", rates: rates)])
        let attempt = attempt("audio_ms=1500", model: "whisper")
        let cost = try #require(book.cost(of: attempt, at: time("2026-11-24")))
        #expect(cost == Money(picoUSD: 150_000_000))
        #expect(book.lines(of: attempt, at: time("2026-11-24")).map(\.what) == ["audio_ms"])
    }

    @Test func whatAProviderStatesIsOneLine() {
        var attempt = attempt("output=5", model: "gpt-4o-mini")
        attempt.statedCost = Money(picoUSD: 42)
        let lines = PriceBook.embedded.lines(of: attempt, at: time("2026-11-24"))
        #expect(lines.map(\.cost) == [Money(picoUSD: 42)])
    }

    @Test func anUnknownPriceHasNoArithmetic() {
        #expect(PriceBook.embedded.lines(of: attempt("output=5", model: "nobody's"), at: time("2026-11-24")).isEmpty)
    }
}
