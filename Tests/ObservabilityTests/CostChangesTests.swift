import Core
import Testing

@testable import Observability

@Suite struct CostChangesTests {
    private func row(_ name: String, calls: Int, tokens: Int, pico: Int128) -> SumRow {
        var sums = Sums()
        sums.requests = calls
        sums.usage.output = tokens
        sums.cost = Money(picoUSD: pico)
        return SumRow(values: [name], step: nil, sums: sums)
    }

    private func parts(_ volume: Int128, _ mix: Int128, _ tokens: Int128, _ price: Int128) -> CostChanges.Parts {
        var parts = CostChanges.Parts()
        parts.volume = Money(picoUSD: volume)
        parts.mix = Money(picoUSD: mix)
        parts.tokens = Money(picoUSD: tokens)
        parts.price = Money(picoUSD: price)
        return parts
    }

    @Test func moreOfTheSameIsVolume() {
        let changes = CostChanges(
            from: [row("a", calls: 10, tokens: 100, pico: 1000)], to: [row("a", calls: 15, tokens: 150, pico: 1500)])
        #expect(changes.parts == parts(500, 0, 0, 0))
    }

    @Test func longerCallsAreTokensAndDearerOnesPrice() {
        let before = [row("a", calls: 10, tokens: 100, pico: 1000)]
        #expect(
            CostChanges(from: before, to: [row("a", calls: 10, tokens: 200, pico: 2000)]).parts
                == parts(0, 0, 1000, 0))
        #expect(
            CostChanges(from: before, to: [row("a", calls: 10, tokens: 100, pico: 1700)]).parts == parts(0, 0, 0, 700))
    }

    @Test func aDearerShareIsMix() {
        let changes = CostChanges(
            from: [row("cheap", calls: 9, tokens: 9, pico: 9), row("dear", calls: 1, tokens: 1, pico: 100)],
            to: [row("cheap", calls: 5, tokens: 5, pico: 5), row("dear", calls: 5, tokens: 5, pico: 500)])
        #expect(changes.parts == parts(0, 396, 0, 0))
        #expect(changes.groups.first?.values == ["dear"])
    }

    @Test func whatIsNewOrGoneIsMixAndAllAddsUp() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            func rows() -> [SumRow] {
                ["a", "b", "c", "d"].filter { _ in Bool.random(using: &generator) }.map {
                    row(
                        $0, calls: .random(in: 0...50, using: &generator),
                        tokens: .random(in: 0...900, using: &generator),
                        pico: Int128(Int.random(in: 0...1_000_000_000, using: &generator)))
                }
            }
            let changes = CostChanges(from: rows(), to: rows())
            let sum = changes.parts.volume + changes.parts.mix + changes.parts.tokens + changes.parts.price
            #expect(sum == changes.after.cost - changes.before.cost)
        }
        let first = CostChanges(from: [], to: [row("a", calls: 2, tokens: 5, pico: 90)])
        #expect(first.parts == parts(90, 0, 0, 0))
        let new = CostChanges(
            from: [row("b", calls: 1, tokens: 1, pico: 10)],
            to: [row("b", calls: 1, tokens: 1, pico: 10), row("a", calls: 1, tokens: 5, pico: 90)])
        #expect(new.groups.first { $0.values == ["a"] }?.parts == parts(0, 90, 0, 0))
        // A provider that calls only fell away from had attempts and no calls; no price of it is known to have changed.
        let fallen = CostChanges(
            from: [row("x", calls: 0, tokens: 3, pico: 40), row("y", calls: 2, tokens: 2, pico: 2)],
            to: [row("x", calls: 1, tokens: 3, pico: 60), row("y", calls: 2, tokens: 2, pico: 2)])
        #expect(fallen.groups.first { $0.values == ["x"] }?.parts == parts(0, 20, 0, 0))
        let gone = CostChanges(from: [row("a", calls: 2, tokens: 5, pico: 90)], to: [])
        #expect(gone.parts == parts(-90, 0, 0, 0))
    }
}
