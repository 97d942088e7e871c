import AsyncHTTPClient
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

    private func exporter(_ collector: Collector, _ client: HTTPClient, spansMax: Int) -> OTLPExporter {
        OTLPExporter(
            OTLPSettings(endpoint: "http://127.0.0.1:\(collector.port)/"), client: client, loop: group.next(),
            version: "1", log: log, spansMax: spansMax)
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
        for _ in 0..<180 { exports.consume([OTLPSamples.call]) }
        try await exports.finish()
        #expect(collector.spans.count == 540)
        #expect(collector.batches.allSatisfy { $0.count <= 512 })
    }

    @Test func aDestinationThatIsBusyIsTriedAgain() async throws {
        let collector = try await Collector.start(answers: [503, 429])
        let client = HTTPClient(eventLoopGroupProvider: .shared(group))
        let exporter = exporter(collector, client, spansMax: 10)
        exporter.offer([OTLPSamples.call])
        try await exporter.finish(within: .seconds(60)).get()
        #expect(collector.heads.count == 3)
        #expect(collector.spans.count == 3)
        #expect(exporter.status.droppedSpans == 0)
        try await client.shutdown()
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
        let client = HTTPClient(eventLoopGroupProvider: .shared(group))
        let exporter = exporter(collector, client, spansMax: 10)
        exporter.offer(Array(repeating: OTLPSamples.call, count: 5))
        #expect(exporter.status.droppedSpans == 6 && exporter.status.waitingSpans == 9)
        try await exporter.finish(within: .seconds(60)).get()
        #expect(collector.spans.count == 9)
        try await client.shutdown()
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

    @Test func theEndDoesNotWaitForADestinationThatIsAway() async throws {
        let collector = try await Collector.start(answers: Array(repeating: 503, count: 100))
        let client = HTTPClient(eventLoopGroupProvider: .shared(group))
        let exporter = exporter(collector, client, spansMax: 10)
        exporter.offer([OTLPSamples.call])
        try await exporter.finish(within: .milliseconds(100)).get()
        #expect(exporter.status.droppedSpans == 3 && exporter.status.waitingSpans == 0)
        #expect(exporter.status.failure == "it was given up at the end")
        try await client.shutdown()
    }
}
