import Ledger
import Testing

@Suite struct PriceDiffTests {
    private func entry(_ model: String, _ input: Int64, from: String? = nil, owner: String = "k") -> PriceEntry {
        PriceEntry(owner: owner, model: model, from: from.map { time($0) }, rates: Rates([.input: input]))
    }

    @Test func itTellsWhatIsNewWhatIsGoneAndWhatIsOther() {
        let old = [entry("a", 1), entry("b", 2), entry("c", 3), entry("z", 1, owner: "other")]
        let diff = PriceDiff(from: old, to: [entry("a", 1), entry("b", 4), entry("d", 5)])
        #expect(diff.added.map(\.model) == ["d"])
        // Of another owner the list says nothing.
        #expect(diff.removed.map(\.model) == ["c"])
        #expect(diff.changed.map(\.entry.model) == ["b"])
        #expect(diff.changed[0].changes[0].name == "input")
        #expect(diff.changed[0].changes[0].factor == 2)
        #expect(diff.jumps.isEmpty)
    }

    @Test(
        arguments: [
            (10, 100, true), (10, 99, false), (100, 10, true), (100, 11, false), (0, 1, true), (1, 0, true),
            (0, 0, false),
        ] as [(Int64, Int64, Bool)]) func tenTimesOrATenthIsAJump(_ before: Int64, _ after: Int64, _ isJump: Bool)
    {
        let diff = PriceDiff(from: [entry("a", before)], to: [entry("a", after)])
        #expect(diff.jumps.isEmpty == !isJump)
    }

    @Test func theNewestEntryIsComparedAndOldOnesStay() {
        let old = [entry("a", 1), entry("a", 2, from: "2026-06-01")]
        let diff = PriceDiff(from: old, to: [entry("a", 3)])
        #expect(diff.changed[0].changes[0].before == 2)
        let day = time("2027-01-01")
        let applied = diff.applied(to: old, from: day)
        #expect(applied == old + [entry("a", 3, from: "2027-01-01")])
        // A second import on the same day replaces the first.
        let again = PriceDiff(from: applied, to: [entry("a", 4)]).applied(to: applied, from: day)
        #expect(again == old + [entry("a", 4, from: "2027-01-01")])
    }

    @Test func otherRegionsAreAChangeToo() {
        var new = entry("a", 1)
        new.regionFactors = [.init(region: "eu", numerator: 11, denominator: 10)]
        let diff = PriceDiff(from: [entry("a", 1)], to: [new])
        #expect(diff.changed.count == 1)
        #expect(diff.changed[0].changes.isEmpty)
    }
}
