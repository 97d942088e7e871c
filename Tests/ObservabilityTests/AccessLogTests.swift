import Core
import Foundation
import Testing

@testable import Observability

@Suite struct AccessLogTests {
    private func lines(_ format: LogFormat, _ record: ExchangeRecord) throws -> [String] {
        let pipe = Pipe()
        let writer = LogWriter(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let log = AccessLog(writer: writer, format: format)
        #expect(log.append(record))
        log.flush()
        writer.finish()
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    }

    private var hostile: ExchangeRecord {
        var record = ExchangeRecord(
            id: ExchangeID(unixMilliseconds: 1, random: (1, 1)), traceID: TraceID(high: 1, low: 2), spanID: SpanID(3),
            startedAtUnixMicroseconds: 1_800_000_000_123_456)
        record.model = "a\"b\n{\"level\":\"error\"}\u{1B}[31m"
        record.tags = Tags([("user", "u\r\nv")])
        record.duration = 1_234_567
        record.status = 200
        return record
    }

    @Test func writesOneLineOfValidJSONWhateverTheClientSent() throws {
        let lines = try lines(.json, hostile)
        #expect(lines.count == 1)
        let object = try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any]
        #expect(object?["model"] as? String == hostile.model)
        #expect(object?["tag.user"] as? String == "u\r\nv")
        #expect(object?["time"] as? String == "2027-01-15T08:00:00.123Z")
        #expect(object?["duration_ms"] as? Double == 1.234)
    }

    @Test func writesOneLineOfTextWithoutControlCharacters() throws {
        let lines = try lines(.text, hostile)
        #expect(lines.count == 1)
        #expect(lines[0].unicodeScalars.allSatisfy { $0.value >= 0x20 })
    }
}
