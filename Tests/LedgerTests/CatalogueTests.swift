import Ledger
import Testing

@Suite struct CatalogueTests {
    private func read(_ text: String) throws(CatalogueError) -> [PriceEntry] {
        try CatalogueReader.entries(Array(text.utf8))
    }

    private func problem(_ line: String) -> String? {
        do throws(CatalogueError) {
            _ = try read("headgate-prices 1\n[openai]\n\(line)\n")
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let entry = PriceEntry(
            owner: "openai", model: "gpt-5", from: time("2027-01-15"), rates: Rates([.input: 1, .audioSecond: 2]),
            schedules: [
                .init(tier: .flex, rates: Rates([.input: 0, .output: 4, .audioSecond: 3])),
                .init(above: 200_000, rates: Rates([.input: 5])),
                .init(tier: .offPeak, above: 7, rates: Rates([.webSearch: 6])),
            ],
            offPeakWindows: [try #require(WeekWindow(days: 1...5, minutes: 600..<1440))],
            regionFactors: [.init(region: "eu", numerator: 11, denominator: 10)])
        let text = CatalogueWriter.text([entry], comment: "a comment")
        #expect(try read(text) == [entry])
        #expect(text.split(separator: "\n")[1] == "# a comment")
    }

    @Test func theEmbeddedCatalogueIsAsItWouldBeWritten() throws {
        let entries = EmbeddedCatalogue.entries
        #expect(entries.count > 1000)
        #expect(try read(CatalogueWriter.text(entries)) == entries)
    }

    @Test(arguments: [
        ("gpt-5", "expected a day behind the model"),
        ("gpt-5|2027-02-30|input=1", "expected a day as 2027-01-01, or -"),
        ("gpt-5|-", "expected prices behind the day"), ("gpt-5|-|", "expected prices behind the day"),
        ("gpt-5|-|input=1.5", "expected a unit and its price in pico-dollars, such as input=1250000"),
        ("gpt-5|-|input=-1", "expected a unit and its price in pico-dollars, such as input=1250000"),
        ("gpt-5|-|input=9999999999999999999", "expected a unit and its price in pico-dollars, such as input=1250000"),
        ("gpt-5|-|tokens=1", "expected a unit and its price in pico-dollars, such as input=1250000"),
        ("gpt-5|-|input=1|turbo input=1", "expected a tier, above=TOKENS, windows or region"),
        ("gpt-5|-|input=1|above=0 input=1", "expected a tier, above=TOKENS, windows or region"),
        ("gpt-5|-|input=1|windows 1-8:0-60", "expected days of the week and minutes, such as 1-5:600-1440"),
        ("gpt-5|-|input=1|windows 1-5:60-0", "expected days of the week and minutes, such as 1-5:600-1440"),
        ("gpt-5|-|input=1|region eu=11/0", "expected a region and its factor, such as eu=11/10"),
        ("|-|input=1", "expected the name of a model"),
    ]) func aWrongLineIsExplainedAndNothingCounts(_ line: String, _ message: String) {
        #expect(problem(line) == "line 3: \(message)")
    }

    @Test(arguments: ["", "headgate-prices 2\n", "gpt-5|-|input=1", "{}"]) func anotherFileIsNone(_ text: String) {
        #expect(throws: CatalogueError.self) { try read(text) }
    }

    @Test func everyCutOfACatalogueIsReadOrRefused() {
        let text = Array(
            "headgate-prices 1\n[a]\nm|-|input=1 output=2|flex input=1|windows 1-5:0-60|region eu=1/2\n".utf8)
        for end in text.indices {
            _ = try? CatalogueReader.entries(Array(text[..<end]))
            var broken = text
            broken[end] = 0xFF
            _ = try? CatalogueReader.entries(broken)
        }
    }
}
