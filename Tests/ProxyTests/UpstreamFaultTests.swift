import Core
import NIOCore
import Plan
import TestKit
import Testing

@testable import Proxy

/// What the client sees, and what is recorded, when an upstream misbehaves.
@Suite struct UpstreamFaultTests {
    private func ask(
        _ request: String = Fixture.post(Fixture.chat), timeouts: Timeouts = Timeouts(),
        script: @escaping @Sendable (Int) -> [ScriptedUpstream.Act]
    ) async throws -> (answer: String, record: ExchangeRecord, requests: [String], connections: Int) {
        nonisolated(unsafe) var result: (String, ExchangeRecord, [String], Int)!
        try await Fixture.withGateway(timeouts: timeouts, script: script) { gateway, upstream in
            let text = try await RawClient.exchange(
                port: gateway.port, request.replacing("content-type", with: "connection: close\r\ncontent-type"))
            let records = await gateway.records.wait(for: 1)
            #expect(records.count == 1)
            result = (text, records[0], upstream.requests, upstream.connections)
        }
        return result
    }

    @Test func passesACompletionAndReadsItsUsage() async throws {
        let (answer, record, requests, _) = try await ask { _ in [.send(Fixture.completion)] }
        #expect(answer.hasPrefix("HTTP/1.1 200 OK") && answer.contains("x-headgate-model: real-m"))
        #expect(record.outcome == .ok && record.attempts[0].usage.inputUncached == 3)
        #expect(requests[0].contains(#"{"model":"real-m","messages":[]}"#))
        #expect(
            requests[0].contains("authorization: Bearer sk-upstream")
                && requests[0].contains("accept-encoding: identity"))
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>",
        "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        Fixture.answer(#"{"choices":[{"index""#), Fixture.answer(#"{"error":{"message":"no"}}"#), Fixture.answer("{}"),
        "HTTP/1.1 302 Found\r\nlocation: http://evil/\r\ncontent-length: 0\r\n\r\n", "garbage\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"cho",
    ]) func answers502InsteadOfAnUntruthful200(_ bytes: String) async throws {
        let (answer, record, _, _) = try await ask { _ in [.send(bytes), .close] }
        #expect(answer.hasPrefix("HTTP/1.1 502 ") && answer.contains("x-headgate-error: upstream_error"))
        #expect(!answer.contains("location"))
        #expect(record.outcome == .error && record.errorCode == .upstreamError)
    }

    @Test func passesAnErrorOfTheOwnDialectAsItCame() async throws {
        let body =
            #"{"error":{"message":"too long","type":"invalid_request_error","param":null,"code":"context_length_exceeded"}}"#
        let (answer, record, _, _) = try await ask { _ in [.send(Fixture.answer(body, status: "400 Bad Request"))] }
        #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.hasSuffix(body))
        #expect(record.status == 400 && record.outcome == .error)
    }

    @Test(arguments: ["401 Unauthorized", "403 Forbidden"]) func hidesWhatAnUpstreamSaysOfOurCredential(
        _ status: String
    ) async throws {
        let (answer, _, _, _) = try await ask { _ in
            [.send(Fixture.answer(#"{"error":{"message":"Incorrect API key provided: sk-ups***am"}}"#, status: status))]
        }
        #expect(answer.hasPrefix("HTTP/1.1 502 ") && !answer.contains("sk-ups"))
    }

    @Test func triesOnceMoreWhenAKeptConnectionWasDead() async throws {
        try await Fixture.withGateway(script: { $0 == 1 ? [.close] : [.send(Fixture.completion)] }) {
            gateway, upstream in
            try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
                for _ in 0..<2 {
                    try await outbound.write(ByteBuffer(string: Fixture.post(Fixture.chat)))
                    let answer = try await RawClient.read(&inbound) { $0.hasSuffix("}}") }
                    #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
                }
            }
            let records = await gateway.records.wait(for: 2)
            #expect(records[1].attempts.count == 2 && records[1].outcome == .ok)
            #expect(upstream.connections == 2 && upstream.requests.count == 3)
        }
    }

    @Test func doesNotRepeatACallOnAFreshConnection() async throws {
        let (answer, _, requests, _) = try await ask { _ in [.close] }
        #expect(answer.hasPrefix("HTTP/1.1 502 ") && requests.count == 1)
    }

    @Test func answers504WhenTheTimeIsUp() async throws {
        let request = Fixture.post(Fixture.chat, fields: "x-headgate-timeout-ms: 60\r\n")
        let (answer, record, _, _) = try await ask(request) { _ in [.hold] }
        #expect(answer.hasPrefix("HTTP/1.1 504 ") && record.errorCode == .upstreamTimeout)
    }

    @Test func timesTheFirstTokenOfAStream() async throws {
        var timeouts = Timeouts()
        timeouts.firstToken = 60_000_000
        let (answer, _, _, _) = try await ask(Fixture.post(Fixture.streamedChat), timeouts: timeouts) { _ in [.hold] }
        #expect(answer.hasPrefix("HTTP/1.1 504 "))
    }

    // MARK: Streams

    @Test func passesAStreamByteForByte() async throws {
        let stream = Fixture.event + ": odd comment\n\nevent: unknown\ndata: {\"x\":1}\n\n" + Fixture.lastEvents
        let (answer, record, _, _) = try await ask(Fixture.post(Fixture.streamedChat)) { _ in
            [.send(Fixture.streamHead + Fixture.chunk(stream) + "0\r\n\r\n")]
        }
        #expect(answer.contains(stream) && answer.hasSuffix("0\r\n\r\n"))
        #expect(record.outcome == .ok && record.finishReason == "stop")
    }

    @Test(arguments: [
        [ScriptedUpstream.Act.send("0\r\n\r\n")], [.close], [.send(Fixture.chunk("data: {\"cho")), .close],
        [.send("zz\r\n")],
    ]) func tellsTheClientThatAStreamWasCut(_ acts: [ScriptedUpstream.Act]) async throws {
        let script: @Sendable (Int) -> [ScriptedUpstream.Act] = { _ in
            [.send(Fixture.streamHead + Fixture.chunk(Fixture.event)), .hold] + acts
        }
        try await Fixture.withGateway(script: script) { gateway, upstream in
            let request = Fixture.post(Fixture.streamedChat, fields: "connection: close\r\n")
            let answer = try await RawClient.exchange(port: gateway.port, request) { text in
                if text.contains(Fixture.event) { upstream.proceed() }
                return false
            }
            #expect(answer.contains(Fixture.event) && answer.contains(#""code":"stream_interrupted""#))
            #expect(!answer.contains("[DONE]") && answer.hasSuffix("0\r\n\r\n") && !answer.contains("{\"cho\""))
            let record = await gateway.records.wait(for: 1)[0]
            #expect(record.outcome == .truncated && record.errorCode == .streamInterrupted)
        }
    }

    @Test func answers502WhenAStreamBreaksBeforeAnythingWasPassed() async throws {
        let (answer, _, _, _) = try await ask(Fixture.post(Fixture.streamedChat)) { _ in
            [.send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"), .close]
        }
        #expect(answer.hasPrefix("HTTP/1.1 502 "))
    }

    @Test func timesTheSilenceBetweenTokens() async throws {
        var timeouts = Timeouts()
        timeouts.betweenTokens = 60_000_000
        let (answer, record, _, _) = try await ask(Fixture.post(Fixture.streamedChat), timeouts: timeouts) { _ in
            [.send(Fixture.streamHead + Fixture.chunk(Fixture.event)), .hold]
        }
        #expect(answer.contains("fell silent") && record.outcome == .truncated)
    }

    @Test func asksForUsageAndTakesItOutAgain() async throws {
        let usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":5}}\n\n"
        let stream = Fixture.event.replacing("}]}", with: "}],\"usage\":null}") + usage + Fixture.lastEvents
        let (answer, record, requests, _) = try await ask(Fixture.post(#"{"model":"m","stream":true}"#)) { _ in
            [.send(Fixture.streamHead + Fixture.chunk(stream) + "0\r\n\r\n")]
        }
        #expect(requests[0].contains(#""stream_options":{"include_usage":true}"#))
        #expect(!answer.contains("usage") && answer.contains(Fixture.event))
        #expect(record.attempts[0].usage.inputUncached == 4 && record.attempts[0].usage.output == 5)
    }

    @Test func givesASignOfLifeWhileTheUpstreamIsSilent() async throws {
        var server = Fixture.settings()
        server.keepAlive = 40_000_000
        try await Fixture.withGateway(
            server: server, script: { _ in [.send(Fixture.streamHead + Fixture.chunk(Fixture.event)), .hold] }
        ) {
            gateway, _ in
            let answer = try await RawClient.exchange(port: gateway.port, Fixture.post(Fixture.streamedChat)) {
                $0.contains(": keep-alive\n\n")
            }
            #expect(answer.contains(": keep-alive\n\n"))
        }
    }

    @Test func cancelsTheUpstreamCallOfAClientThatLeft() async throws {
        try await Fixture.withGateway(script: { _ in [.send(Fixture.streamHead + Fixture.chunk(Fixture.event)), .hold] }
        ) {
            gateway, upstream in
            _ = try await RawClient.exchange(port: gateway.port, Fixture.post(Fixture.streamedChat)) {
                $0.contains(Fixture.event)
            }
            await upstream.waitForClose()
            let record = await gateway.records.wait(for: 1)[0]
            #expect(record.outcome == .clientClosed)
        }
    }
}
