import Core
import Plan
import Policy
import TestKit
import Testing
import Wire

/// What the simulation has found, each by itself and at its exact time.
@Suite struct FoundBySimulationTests {
    private static func snapshot(
        total: Int64 = 2000, connect: Int64 = 1000, attempts: Int = 1, continues: Bool = false,
        hedge: HedgePolicy? = nil, onDisconnect: OnDisconnect = .cancel, keepAlive: Int64 = 15_000,
        kind: ProviderKind = .openAI
    ) -> Snapshot {
        var timeouts = Timeouts()
        (timeouts.total, timeouts.connect) = (total * 1_000_000, connect * 1_000_000)
        var retries = RetryPolicy()
        (retries.attemptsMax, retries.backoffBase) = (attempts, 1_000_000)
        var server = ServerSettings()
        server.keepAlive = keepAlive * 1_000_000
        let providers = (0..<2).map {
            Provider(
                name: "p\($0)", kind: kind, origin: Origin(isTLS: false, host: "p\($0)", port: 80),
                basePath: "/v1", credentials: [.init(secret: Secret("key\($0)"))])
        }
        let targets = [Target(provider: 0, model: "a"), Target(provider: 1, model: "b", weight: 0)]
        return Snapshot(
            server: server, access: .anyone, timeouts: timeouts, retries: retries, onDisconnect: onDisconnect,
            providers: providers,
            routes: [
                Route(
                    pattern: "m", targets: continues || hedge != nil ? targets : [targets[0]], hedge: hedge,
                    continuesStreams: continues)
            ], keys: [])
    }

    private static func post(_ path: String = "/v1/chat/completions", streams: Bool = true, fields: String = "")
        -> String
    {
        let body =
            #"{"model":"m","max_tokens":9,"stream":\#(streams),"messages":[{"role":"user","content":"hi"}]}"#
        return "POST \(path) HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\(fields)"
            + "connection: close\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    private static let text = event(#"{"content":"hello"}"#, "null")
    private static let last = event("{}", #""stop""#)

    private static func event(_ delta: String, _ finish: String) -> String {
        chunk(
            #"data: {"id":"1","model":"a","choices":[{"index":0,"delta":\#(delta),"finish_reason":\#(finish)}]}"#
                + "\n\n")
    }

    private static func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }

    /// The attempt of a client that had left was told of its connection's failure, and woke an exchange that was gone.
    @Test func aClientThatLeavesBeforeItsConnectionTimesOutHarmsNobody() throws {
        let gateway = try VirtualGateway(Self.snapshot()) { _, _ in nil }
        _ = try gateway.ask(Self.post(), leavesAfter: 300)
        #expect(gateway.records.map(\.outcome) == [.clientClosed])
    }

    /// The attempt that was to go on with a stream was left to itself when the exchange's time was up.
    @Test func anAttemptToGoOnEndsWithItsExchange() throws {
        let gateway = try VirtualGateway(Self.snapshot(connect: 3000, attempts: 3, continues: true)) { host, _ in
            host == "p0" ? [.send(Self.head + Self.text), .wait(10), .reset] : nil
        }
        let answer = try gateway.ask(Self.post())
        #expect(answer.contains("stream_interrupted") && answer.hasSuffix("0\r\n\r\n"), "\(answer)")
        #expect(gateway.records.map(\.outcome) == [.truncated])
    }

    /// What Anthropic's format says at the end was left out, though the client was told that all was well.
    @Test func aTranslatedStreamThatBreaksOffBehindItsLastEventHasItsEnd() throws {
        let gateway = try VirtualGateway(Self.snapshot()) { _, _ in
            [.send(Self.head + Self.text + Self.last), .wait(10), .reset]
        }
        let answer = try gateway.ask(Self.post("/v1/messages"))
        #expect(answer.contains("event: message_stop\n") && !answer.contains("event: error"), "\(answer)")
        #expect(gateway.records.map(\.outcome) == [.ok])
    }

    /// Signs of life, and then an error, followed the last event of an upstream that did not end its answer.
    @Test(arguments: ["/v1/chat/completions", "/v1/messages"]) func nothingComesBehindTheLastEvent(
        _ path: String
    ) throws {
        let gateway = try VirtualGateway(Self.snapshot(keepAlive: 100)) { _, _ in
            [.send(Self.head + Self.text + Self.last + Self.chunk("data: [DONE]\n\n"))]
        }
        let answer = try gateway.ask(Self.post(path))
        let end = path == "/v1/messages" ? #"{"type":"message_stop"}"# : "data: [DONE]"
        let behind = try #require(answer.ranges(of: end).last.map { answer[$0.upperBound...] })
        #expect(!behind.contains("error") && !behind.contains("ping") && !behind.contains("keep-alive"), "\(answer)")
        #expect(gateway.records.map(\.outcome) == [.ok])
    }

    /// A translated stream whose provider had told why it ended, and then closed without its format's last event, had its
    /// own last event and an error behind it.
    @Test(arguments: [true, false]) func aStreamThatSaysWhyItEndsIsWhole(isClosedWell: Bool) throws {
        func event(_ type: String, _ members: String) -> String {
            "event: \(type)\ndata: {\"type\":\"\(type)\",\(members)}\n\n"
        }
        let events =
            event("message_start", #""message":{"id":"i","usage":{"input_tokens":1}}"#)
            + event("content_block_start", #""index":0,"content_block":{"type":"text","text":""}"#)
            + event("content_block_delta", #""index":0,"delta":{"type":"text_delta","text":"Hi"}"#)
            + event("content_block_stop", #""index":0"#)
            + event("message_delta", #""delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}"#)
        let gateway = try VirtualGateway(Self.snapshot(kind: .anthropic)) { _, _ in
            [
                .send(
                    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                        + (isClosedWell ? "" : "content-length: 9999\r\n") + "\r\n" + events),
                .wait(50), .close,
            ]
        }
        let answer = try gateway.ask(Self.post())
        let behind = try #require(answer.ranges(of: "data: [DONE]").last.map { answer[$0.upperBound...] })
        #expect(!answer.contains("error") && !behind.contains("data:"), "\(answer)")
        #expect(gateway.records.map(\.outcome) == [.ok] && gateway.records.first?.usage.output == 2)
    }

    /// The whole time began to count with the first attempt: what waited before it waited beyond it.
    @Test func nobodyWaitsForALimitedTargetBeyondTheTimeThatThereIs() throws {
        let limited =
            "HTTP/1.1 429 No\r\ncontent-type: application/json\r\nretry-after: 5\r\ncontent-length: 12\r\n\r\n"
            + #"{"error":{}}"#
        let gateway = try VirtualGateway(Self.snapshot()) { _, _ in [.send(limited)] }
        let both = try gateway.ask(
            Self.post(streams: false).replacing("connection: close\r\n", with: "") + Self.post(streams: false))
        #expect(both.ranges(of: "HTTP/1.1 429 ").count == 2, "\(both)")
        #expect(gateway.records.count == 2 && gateway.records.allSatisfy { $0.duration < 2_020_000_000 })
    }

    /// A client that has left is worked for until its usage is known, but no longer than any other.
    @Test func aCallWhoseClientHasLeftHasNoMoreTimeThanOthers() throws {
        let gateway = try VirtualGateway(Self.snapshot(onDisconnect: .drain(3600 * 1_000_000_000))) { _, _ in [] }
        _ = try gateway.ask(Self.post(streams: false), leavesAfter: 500)
        let record = try #require(gateway.records.first)
        #expect(record.outcome == .clientClosed && record.duration < 2_020_000_000, "\(record.duration)")
    }

    /// Each try of a call was sent a second time.
    @Test func aCallIsHedgedOnce() throws {
        var hedge = HedgePolicy()
        (hedge.after, hedge.sharePerMillion, hedge.costPerMillion) = (50_000_000, 1_000_000, 1_000_000)
        let gateway = try VirtualGateway(Self.snapshot(total: 20_000, attempts: 3, hedge: hedge)) { _, _ in
            [.wait(200), .close]
        }
        _ = try gateway.ask(Self.post(streams: false))
        #expect(gateway.records.map(\.attempts.count) == [4], "\(gateway.records.map(\.attempts.count))")
    }
}
