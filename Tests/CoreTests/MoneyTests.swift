import Core
import Testing

@Suite struct MoneyTests {
    @Test(
        arguments: [
            ("0.15", 150_000_000_000), ("3e-07", 300_000), ("3E-07", 300_000), ("12", 12_000_000_000_000), ("0", 0),
            ("-0.5", -500_000_000_000), ("1.25e-06", 1_250_000), (".5", 500_000_000_000), ("0.000000000001", 1),
            ("1.000000000000000000", 1_000_000_000_000), ("+2.50", 2_500_000_000_000), ("0e-9", 0),
        ] as [(String, Int128)])
    func readsDecimalsExactly(_ text: String, _ pico: Int128) {
        #expect(Money(usd: text)?.picoUSD == pico)
    }

    @Test(arguments: ["", ".", "-", "abc", "1.5x", "0.0000000000001", "1e", "1e99", "1,5", " 1", "1..2", "1e400", "٣"])
    func refusesWhatIsNoExactAmount(_ text: String) {
        #expect(Money(usd: text) == nil)
    }

    @Test func writesWhatItReads() {
        for text in ["0", "0.15", "-0.5", "12", "0.000000000001", "123456789.000001", "0.0000003"] {
            #expect(Money(usd: text)?.usdText == text)
        }
    }

    @Test(
        arguments: [
            (Int128.max, 12, "170141183460469231731687303.715884105727"),
            (Int128.min, 12, "-170141183460469231731687303.715884105728"),
            (Int128(UInt64.max) + 1, 0, "18446744073709551616"),
            (1_200, 3, "1.2"), (-7, 3, "-0.007"), (0, 12, "0"), (100, 0, "100"),
            (1, 40, "0." + String(repeating: "0", count: 39) + "1"),
        ] as [(Int128, Int, String)])
    func writesWithoutZerosAtTheEnd(_ value: Int128, _ decimals: Int, _ text: String) {
        #expect(DecimalText.text(value, decimals: decimals) == text)
    }

    @Test func roundsAFactorToTheNearestHalvesAway() {
        #expect(Money(picoUSD: 5).multiplied(by: 1, over: 2).picoUSD == 3)
        #expect(Money(picoUSD: -5).multiplied(by: 1, over: 2).picoUSD == -3)
        #expect(Money(picoUSD: 4).multiplied(by: 1, over: 3).picoUSD == 1)
        #expect(Money(picoUSD: 10).multiplied(by: 11, over: 10).picoUSD == 11)
    }

    @Test func sumsPastSixtyFourBits() {
        let sum = (0..<4).reduce(Money.zero) { sum, _ in sum + Money(picoUSD: Int128(Int64.max)) }
        #expect(sum.picoUSD == Int128(Int64.max) * 4)
    }
}

@Suite struct TraceContextTests {
    private func parse(_ text: String) -> TraceParent? {
        Array(text.utf8).withUnsafeBytes { TraceParent($0) }
    }

    @Test func readsAndWritesTheSpecificationsExample() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let parent = parse(text)
        #expect(parent?.trace.description == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(parent?.span.description == "00f067aa0ba902b7")
        #expect(parent?.flags == 1)
        #expect(parent?.text == text)
        #expect(parse("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes")?.flags == 1)
    }

    @Test(arguments: [
        "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ])
    func takesNothingMalformed(_ text: String) {
        #expect(parse(text) == nil)
    }
}
