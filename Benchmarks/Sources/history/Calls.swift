import Core
import Foundation

/// Calls of many days, made from their numbers: a team with some features, models and keys, and many users.
struct Calls {
    let count: Int
    let days: Int
    let previews: Bool
    /// 2026-10-01T00:00:00Z
    let start: Int64 = 1_790_812_800_000_000

    static let day: Int64 = 86_400_000_000
    private static let batch = 1000

    var end: Int64 { start + Int64(days) * Self.day }
    private var perDay: Int { count / days }

    func batches(of day: Int) -> some Sequence<[RecordToStore]> {
        stride(from: 0, to: perDay, by: Self.batch).lazy.map { first in
            (first..<min(first + Self.batch, perDay)).map { stored(day * perDay + $0) }
        }
    }

    func id(_ number: Int) -> ExchangeID {
        ExchangeID(unixMilliseconds: UInt64(time(number) / 1000), random: (mixed(number, 1), mixed(number, 2)))
    }

    private func time(_ number: Int) -> Int64 {
        let day = number / perDay
        return start + Int64(day) * Self.day + Int64(number % perDay) * (Self.day / Int64(perDay))
    }

    private func mixed(_ number: Int, _ salt: UInt64) -> UInt64 {
        var value = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ salt &* 0xD1B5_4A32_D192_ED03
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    private func pick(_ number: Int, _ salt: UInt64, of count: UInt64) -> Int { Int(mixed(number, salt) % count) }

    private func stored(_ number: Int) -> RecordToStore {
        RecordToStore(
            record: record(number), requestPreview: previews ? text(number, 20, words: 30) : nil,
            responsePreview: previews ? text(number, 21, words: 30) : nil, keepsRow: true)
    }

    /// About 200 characters of words that repeat as words do.
    private func text(_ number: Int, _ salt: UInt64, words: Int) -> String {
        var text = ""
        for place in 0..<words {
            text += Self.words[pick(number &* 31 &+ place, salt, of: UInt64(Self.words.count))] + " "
        }
        return text
    }

    private static let words = (0..<2000).map { "w" + String($0 * 7919 % 46_656, radix: 36) }

    private func record(_ number: Int) -> ExchangeRecord {
        let id = id(number)
        let isTraced = pick(number, 3, of: 5) == 0
        var record = ExchangeRecord(
            id: id, traceID: isTraced ? TraceID(high: mixed(number, 4), low: 1) : TraceID(high: id.high, low: id.low),
            spanID: SpanID(mixed(number, 5)), startedAtUnixMicroseconds: time(number))
        record.duration = Int64(pick(number, 6, of: 5_000_000_000)) + 50_000_000
        record.timeToFirstToken = record.duration / 5
        record.gatewayTime = 150_000
        record.endpoint = "/v1/chat/completions"
        record.method = "POST"
        record.client = "127.0.0.1"
        record.key = "key-\(pick(number, 7, of: 10))"
        record.route = "model-\(pick(number, 8, of: 6))"
        record.model = record.route
        record.status = pick(number, 9, of: 100) == 0 ? 502 : 200
        record.outcome = record.status == 200 ? .ok : .error
        record.errorCode = record.status == 200 ? nil : .upstreamError
        record.finishReason = "stop"
        record.streamed = number % 2 == 0
        record.requestBytes = 2048
        record.responseBytes = 2048
        record.tags = Tags([
            ("feature", "feature-\(pick(number, 10, of: 12))"), ("team", "team-\(pick(number, 10, of: 12) / 3)"),
            ("user", "user-\(pick(number, 11, of: 10_000))"), ("session", "session-\(number / 20)"),
        ])
        record.attempts = [attempt(number, record)]
        record.servedModel = record.attempts[0].servedModel
        return record
    }

    private func attempt(_ number: Int, _ record: ExchangeRecord) -> AttemptRecord {
        let model = "gpt-\(pick(number, 8, of: 6))"
        var attempt = AttemptRecord(
            provider: "provider-\(pick(number, 8, of: 3))", providerKind: "openai", upstreamModel: model, region: "eu",
            spanID: SpanID(mixed(number, 12)), startedAfter: 120_000)
        attempt.servedModel = model + "-2026-07-18"
        attempt.upstreamRequestID = "req_" + String(mixed(number, 13), radix: 16)
        attempt.duration = record.duration - 200_000
        attempt.status = record.status
        attempt.errorCode = record.errorCode
        attempt.usage.inputUncached = pick(number, 14, of: 4000) + 10
        attempt.usage.cacheRead = number % 3 == 0 ? pick(number, 15, of: 8000) : 0
        attempt.usage.output = pick(number, 16, of: 900) + 1
        attempt.usageSource = .provider
        attempt.cost = Money(
            picoUSD: Int128(attempt.usage.inputUncached) * 150_000 + Int128(attempt.usage.output) * 600_000)
        return attempt
    }
}
