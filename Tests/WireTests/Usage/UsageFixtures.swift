import Core
import Foundation
import NIOCore

@testable import Wire

/// An answer of the golden files: `Tests/Fixtures/usage`, with what it means in `expected.json`.
struct UsageFixture {
    let name: String
    let kind: String
    let format: AnswerFormat
    let file: String
    let bytes: [UInt8]
    let expected: [String: Any]

    var contentType: String {
        switch file.split(separator: ".").last {
        case "sse": "text/event-stream; charset=utf-8"
        case "bin": "application/vnd.amazon.eventstream"
        case "ndjson": "application/x-ndjson"
        default: "application/json"
        }
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/usage")

    static func all() throws -> [UsageFixture] {
        let table = try Data(contentsOf: root.appendingPathComponent("expected.json"))
        let cases = try JSONSerialization.jsonObject(with: table) as? [String: [String: Any]] ?? [:]
        return try cases.sorted { $0.key < $1.key }.flatMap { name, expected in
            try (expected["answers"] as? [String] ?? []).compactMap { file in
                guard let format = AnswerFormat(rawValue: expected["format"] as? String ?? "") else { return nil }
                return UsageFixture(
                    name: name, kind: expected["kind"] as? String ?? "", format: format, file: file,
                    bytes: Array(try Data(contentsOf: root.appendingPathComponent(file))), expected: expected)
            }
        }
    }

    func meter(_ pieces: [[UInt8]]) -> AnswerObservation {
        var meter = UsageMeter(format: format, flavour: UsageFlavour(kind: kind), contentType: contentType)
        for piece in pieces { meter.push(ByteBuffer(bytes: piece)) }
        return meter.finish()
    }

    func metered() -> AnswerObservation { meter([bytes]) }
}

extension TokenUsage {
    /// The buckets that have something in them, by name.
    var named: [String: Int] {
        Dictionary(
            uniqueKeysWithValues: Self.buckets.map { ($0.name, self[$0]) }.filter { $0.1 != 0 })
    }
}
