import Core
import NIOCore
import Testing

@testable import Observability

@Suite struct RecordCSVTests {
    @Test(arguments: ["=1+1", "+1", "-1", "@sum", "\tx", "\rx"]) func noCellIsAFormula(_ text: String) {
        #expect(RecordCSV.cell(text).drop { $0 == "\"" }.hasPrefix("'"))
    }

    @Test func cellsAreQuotedWhereTheyMustBe() {
        #expect(RecordCSV.cell("plain - text") == "plain - text")
        #expect(RecordCSV.cell("a,b") == "\"a,b\"")
        #expect(RecordCSV.cell("say \"hi\"\n") == "\"say \"\"hi\"\"\n\"")
    }

    @Test func everyLineHasTheHeadsCells() {
        var record = ExchangeRecord(
            id: ExchangeID(unixMilliseconds: 1, random: (1, 1)), traceID: TraceID(high: 1, low: 1), spanID: SpanID(1),
            startedAtUnixMicroseconds: 0)
        record.tags.set("feature", "=cmd")
        let line = String(buffer: RecordCSV.lines([StoredRecord(record: record, requestPreview: nil)]))
        #expect(line.hasSuffix("\r\n") && line.contains(",'=cmd,"))
        let commas = { (text: String) in text.count { $0 == "," } }
        #expect(commas(line) == commas(RecordCSV.header))
    }
}
