import NIOCore
import Testing

@testable import Simulator

@Suite("A simulated fault on the wire")
struct FaultTests {
    private static let dialects: [(path: String, body: @Sendable (String, String) -> String)] = [
        (Paths.chat, { Bodies.chat($0, $1) }), (Paths.messages, { Bodies.message($0, $1) }),
    ]

    private func each(
        _ model: String, _ check: (RawConnection.Received, _ streams: Bool) throws -> Void
    ) async throws {
        try await withServer { server in
            for dialect in Self.dialects {
                for streams in [false, true] {
                    let body = dialect.body(model, streams ? Bodies.stream : "")
                    try check(try await server.raw(dialect.path, body), streams)
                }
            }
            #expect(await server.statistics.cancelledByPeer == 0)
        }
    }

    @Test("refuse closes without a byte")
    func refuse() async throws {
        try await each("refuse") { received, _ in
            #expect(received.bytes.isEmpty)
            #expect(received.isClosed)
            #expect(!received.wasReset)
        }
    }

    @Test("reset resets without a byte")
    func reset() async throws {
        try await each("reset") { received, _ in
            #expect(received.bytes.isEmpty)
            #expect(received.wasReset)
        }
    }

    @Test("cut-mid closes in the middle of the HTTP message")
    func cutMid() async throws {
        try await each("cut-mid") { received, _ in
            let answer = try #require(RawAnswer(received.bytes))
            #expect(answer.status == 200)
            #expect(received.isClosed)
            #expect(!answer.isComplete)
            #expect(!answer.body.isEmpty)
        }
    }

    @Test("truncated ends HTTP cleanly without the dialect's end")
    func truncated() async throws {
        try await each("truncated") { received, streams in
            let answer = try #require(RawAnswer(received.bytes))
            #expect(answer.isComplete)
            #expect(!received.isClosed)
            if streams {
                for event in RawEvent.all(answer.text) { _ = try event.json() }
                #expect(!answer.text.contains("[DONE]") && !answer.text.contains("message_stop"))
                #expect(!answer.text.contains(#""finish_reason":"stop""#) && !answer.text.contains("end_turn"))
            } else {
                #expect(throws: SimulatorJSONError.self) { try answer.json() }
            }
        }
    }

    @Test("malformed has one event, or the one body, whose JSON is broken")
    func malformed() async throws {
        try await each("malformed") { received, streams in
            let answer = try #require(RawAnswer(received.bytes))
            #expect(answer.isComplete)
            guard streams else {
                #expect(throws: SimulatorJSONError.self) { try answer.json() }
                return
            }
            let events = RawEvent.all(answer.text).filter { $0.data != "[DONE]" }
            #expect(events.count { (try? $0.json()) == nil } == 1)
            #expect(answer.text.contains("[DONE]") || answer.text.contains("message_stop"))
        }
    }

    @Test("error-after-200 tells an error in the dialect's form")
    func errorAfter200() async throws {
        try await each("error-after-200") { received, streams in
            let answer = try #require(RawAnswer(received.bytes))
            #expect(answer.status == 200)
            #expect(answer.isComplete)
            let last = streams ? try #require(RawEvent.all(answer.text).last).json() : try answer.json()
            #expect(last["error"]?["message"]?.string != nil)
            if streams { #expect(RawEvent.all(answer.text).count > 3) }
        }
    }

    @Test("slow-drip is whole in the end, in pieces of a few bytes")
    func slowDrip() async throws {
        try await each("slow-drip") { received, streams in
            let answer = try #require(RawAnswer(received.bytes))
            #expect(answer.isComplete)
            if streams {
                let text = String(decoding: received.bytes, as: UTF8.self)
                #expect(text.contains("\r\n8\r\n"))
                for event in RawEvent.all(answer.text) where event.data != "[DONE]" { _ = try event.json() }
            } else {
                _ = try answer.json()
            }
        }
    }

    @Test("big is a megabyte of text")
    func big() async throws {
        try await withServer { server in
            let json = try await server.chat("big").json()
            #expect(json["choices"]?[0]?["message"]?["content"]?.string?.utf8.count == 1_048_576)
            let streamed = try await server.message("big", #","stream":true"#, simulate: #"{"tokens":60000}"#)
            #expect(streamed.isComplete)
        }
    }

    @Test("stall-first never answers, and stall-mid stops in the middle", arguments: [false, true])
    func stalls(streams: Bool) async throws {
        try await withServer { server in
            let members = streams ? Bodies.stream : ""
            let first = try await RawConnection.open(server)
            try await first.send(requestText(Paths.chat, Bodies.chat("stall-first", members)))
            _ = await server.statistics { $0.requests == 1 }
            let mid = try await RawConnection.open(server)
            try await mid.send(requestText(Paths.chat, Bodies.chat("stall-mid", members)))
            let received = try await mid.received { RawAnswer($0.bytes)?.body.isEmpty == false }
            #expect(RawAnswer(received.bytes)?.isComplete == false)
            #expect(!received.isClosed)
            #expect(await server.statistics.active == 2)
            await first.close()
            await mid.close()
            let statistics = await server.statistics { $0.active == 0 }
            #expect(statistics.cancelledByPeer == 2)
            #expect(statistics.finished == 0)
        }
    }

    @Test(
        "http-NNN is that status with the dialect's error",
        arguments: [400, 401, 402, 403, 404, 408, 413, 429, 500, 503, 529]
    )
    func statuses(status: Int) async throws {
        try await withServer { server in
            let openAI = try await server.chat("http-\(status)", Bodies.stream)
            #expect(openAI.status == status)
            #expect(try openAI.json()["error"]?["type"]?.string != nil)
            #expect(try openAI.json()["error"]?["param"] == .null)
            let anthropic = try await server.message("http-\(status)")
            #expect(anthropic.status == status)
            #expect(try anthropic.json()["type"]?.string == "error")
            #expect(try anthropic.json()["request_id"]?.string == anthropic.headers["request-id"])
        }
    }

    @Test("http-429 says when to come back in three spellings")
    func retryHints() async throws {
        var settings = SimulatorSettings.instant
        // Sun, 06 Nov 1994 08:49:36.250 GMT
        settings.unixMilliseconds = { 784_111_776_250 }
        try await withServer(settings) { server in
            #expect(try await server.chat("http-429").headers["retry-after"] == nil)
            #expect(try await server.chat("http-429-seconds").headers["retry-after"] == "2")
            let dated = try await server.message("http-429-date")
            #expect(dated.headers["retry-after"] == "Sun, 06 Nov 1994 08:49:38 GMT")
            #expect(try await server.chat("http-429-ms").headers["retry-after-ms"] == "1500")
        }
    }

    @Test("faults reach embeddings and count_tokens too")
    func otherEndpoints() async throws {
        try await withServer { server in
            #expect(try await server.ask("/v1/embeddings", #"{"model":"http-503","input":"a"}"#).status == 503)
            let cut = try await server.ask("/v1/messages/count_tokens", Bodies.chat("cut-mid"))
            #expect(!cut.isComplete)
        }
    }
}
