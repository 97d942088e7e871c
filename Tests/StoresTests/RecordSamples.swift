import Core
import Foundation
import NIOCore

/// Records to write, made from a number: the same number gives the same record.
enum Samples {
    /// 2026-11-23T10:00:00Z
    static let start: Int64 = 1_795_428_000_000_000

    static func record(_ number: Int, at time: Int64 = Samples.start) -> ExchangeRecord {
        let id = ExchangeID(
            unixMilliseconds: UInt64(time / 1000), random: (UInt64(number), UInt64(number) &* 0x9E37_79B9_7F4A_7C15))
        var record = ExchangeRecord(
            id: id, traceID: TraceID(high: id.high, low: id.low), spanID: SpanID(UInt64(number + 1)),
            startedAtUnixMicroseconds: time)
        record.duration = Int64(number % 97 + 1) * 1_000_000
        record.timeToFirstToken = Int64(number % 13 + 1) * 1_000_000
        record.endpoint = "/v1/chat/completions"
        record.method = "POST"
        record.key = "key-\(number % 3)"
        record.model = number % 2 == 0 ? "fast" : "smart"
        record.route = record.model
        record.status = number % 10 == 9 ? 502 : 200
        record.outcome = number % 10 == 9 ? .error : .ok
        record.errorCode = number % 10 == 9 ? .upstreamError : nil
        record.finishReason = "stop"
        record.tags = Tags([
            ("feature", "feature-\(number % 4)"), ("user", "user-\(number % 7)"),
            ("color", number % 2 == 0 ? "red" : "blue"),
        ])
        if number % 5 != 0 { record.tags.set("session", "session-\(number % 11)") }
        if number % 6 == 5 { record.attempts.append(attempt("first", number, cost: 11)) }
        record.attempts.append(attempt("second", number, cost: number % 8 == 7 ? nil : Int128(number) * 1_234_567))
        record.servedModel = record.attempts.last?.servedModel
        return record
    }

    private static func attempt(_ provider: String, _ number: Int, cost: Int128?) -> AttemptRecord {
        var attempt = AttemptRecord(
            provider: provider, providerKind: "openai", upstreamModel: "gpt-\(number % 3)", region: "eu",
            spanID: SpanID(UInt64(number + 7)), startedAfter: 1_000_000)
        attempt.servedModel = "gpt-\(number % 3)-2026"
        attempt.duration = 5_000_000
        attempt.status = 200
        attempt.usage.inputUncached = number % 100
        attempt.usage.cacheRead = number % 17
        attempt.usage.output = number % 50
        attempt.usage.inputAudio = number % 9 == 0 ? 3 : 0
        attempt.usageSource = .provider
        attempt.cost = cost.map { Money(picoUSD: $0) }
        return attempt
    }

    static func stored(_ record: ExchangeRecord) -> RecordToStore {
        RecordToStore(record: record, requestPreview: "asked", responsePreview: "answered", keepsRow: true)
    }
}

/// A folder of its own for one test.
final class Folder {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("headgate-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func files(_ suffix: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted().map { path + "/" + $0 }
    }
}
