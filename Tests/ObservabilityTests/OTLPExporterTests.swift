import Core
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

@testable import Observability

@Suite struct OTLPExporterTests {
    private let group = MultiThreadedEventLoopGroup.singleton

    private let log = OperationalLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

    private func exports(_ collector: Collector, content: Bool = false) -> OTLPExports {
        var settings = OTLPSettings(endpoint: "http://127.0.0.1:\(collector.port)/v1/traces")
        settings.content = content
        settings.headers = [OTLPSettings.Header(name: "authorization", value: Secret("Bearer t"))]
        return OTLPExports([settings], group: group, version: "1", log: log)
    }

    @Test func whatWaitsIsSentBeforeTheEnd() async throws {
        let collector = try await Collector.start(answers: [])
        let exports = exports(collector)
        exports.consume([OTLPSamples.withBodies])
        exports.consume(prepared: [])
        try await exports.finish()
        #expect(collector.spans.map(\.name).first == "chat fast")
        #expect(collector.spans.count == 3)
        #expect(collector.heads[0].headers["authorization"] == ["Bearer t"])
        #expect(collector.heads[0].headers["content-type"] == ["application/x-protobuf"])
        #expect(exports.statuses[0].sentSpans == 3)
        #expect(collector.spans[0]["gen_ai.input.messages"] == nil)
    }

    @Test func batchesHoldAtMostAsManySpansAsAreAllowed() async throws {
        let collector = try await Collector.start(answers: [])
        let exports = exports(collector)
        for _ in 0..<400 { exports.consume([OTLPSamples.call]) }
        try await exports.finish()
        #expect(collector.spans.count == 1200)
        #expect(collector.batches.allSatisfy { $0.count <= 512 })
    }

    @Test func aDestinationThatIsBusyIsTriedAgain() async throws {
        let collector = try await Collector.start(answers: [503, 429])
        let exports = exports(collector)
        exports.consume([OTLPSamples.call])
        try await exports.finish()
        #expect(collector.heads.count == 3)
        #expect(collector.spans.count == 3)
        #expect(exports.statuses[0].droppedSpans == 0)
    }

    @Test func whatADestinationRefusesIsDroppedAndCounted() async throws {
        let collector = try await Collector.start(answers: [400])
        let exports = exports(collector)
        exports.consume([OTLPSamples.call])
        try await exports.finish()
        #expect(collector.heads.count == 1)
        #expect(exports.statuses[0].droppedSpans == 3)
        #expect(exports.statuses[0].failure == "the destination answered 400")
    }

    @Test func recordsThatAreKeptNowhereAreNotSent() async throws {
        let collector = try await Collector.start(answers: [])
        let exports = exports(collector)
        var record = OTLPSamples.call
        record.level = .off
        exports.consume([record])
        try await exports.finish()
        #expect(collector.heads.isEmpty)
    }

    @Test func contentGoesOutRedactedAndPutTogether() async throws {
        let collector = try await Collector.start(answers: [])
        let exports = exports(collector, content: true)
        var settings = RecordSettings()
        settings.redactedKinds = [.email]
        let recorder = try Recorder(
            store: NoStore(), settings: settings, consumers: [exports], preparedConsumers: [exports],
            log: log)
        var record = OTLPSamples.call
        record.requestBody = ByteBuffer(string: #"{"messages":[{"role":"user","content":"I am a@b.example"}]}"#)
        record.responseBody = ByteBuffer(
            string: "data: {\"choices\":[{\"delta\":{\"content\":\"Hi \"}}]}\n\n"
                + "data: {\"choices\":[{\"delta\":{\"content\":\"a@b.example\"}}]}\n\n")
        #expect(recorder.offer([record], bodyBytes: 100))
        recorder.finish()
        try await exports.finish()
        #expect(
            collector.spans[0]["gen_ai.input.messages"]
                == .string(
                    #"[{"role":"user","parts":[{"type":"text","content":"I am [redacted:email]"}]}]"#))
        #expect("\(String(describing: collector.spans[0]["gen_ai.output.messages"]))".contains("Hi [redacted:email]"))
        #expect(collector.spans.count == 3)
    }

    @Test func whatFindsNoRoomIsDroppedAndCounted() async throws {
        let collector = try await Collector.start(answers: [])
        let exports = exports(collector)
        exports.consume(Array(repeating: OTLPSamples.call, count: 6000))
        #expect(exports.statuses[0].droppedSpans == 18_000 - 16_383)
        try await exports.finish()
        #expect(collector.spans.count == 16_383)
    }

    @Test func aDestinationThatIsGoneSendsWhatItHas() async throws {
        let collector = try await Collector.start(answers: [])
        let exports = exports(collector)
        exports.consume([OTLPSamples.call])
        var other = OTLPSettings(endpoint: "http://127.0.0.1:\(collector.port)/other")
        other.profile = .langfuse
        exports.install([other])
        exports.consume([OTLPSamples.call])
        try await exports.finish()
        #expect(Set(collector.heads.map(\.uri)) == ["/v1/traces", "/other"])
    }
}
