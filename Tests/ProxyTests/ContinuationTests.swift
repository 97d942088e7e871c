import Core
import NIOCore
import Plan
import TestKit
import Testing
import Wire

@testable import Proxy

/// Streams that break off in their middle, and go on from another target.
@Suite struct ContinuationTests {
    private static func text(_ text: String, id: String = "one") -> String {
        #"data: {"id":"\#(id)","model":"a","choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"# + "\n\n"
    }

    private static let thinking =
        #"data: {"id":"one","model":"a","choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}"# + "\n\n"
    private static let tool =
        #"data: {"id":"one","model":"a","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":"{"}}]}}]}"#
        + "\n\n"

    private static func acts(_ events: [String], ends: Bool) -> [ScriptedUpstream.Act] {
        let end = ends ? [Fixture.lastEvents] : []
        let body = (events + end).map { Fixture.chunk($0) }.joined() + (ends ? "0\r\n\r\n" : "")
        return [.send(Fixture.streamHead + body)] + (ends ? [] : [.hold]) + [.close]
    }

    private func run(
        _ first: [String], then second: [ScriptedUpstream.Act], body: String = Fixture.streamedChat,
        path: String = "/v1/chat/completions", continues: Bool = true
    ) async throws -> (answer: String, requests: [String], record: ExchangeRecord) {
        let begun = Self.acts(first, ends: false)
        let upstreams = (
            try await ScriptedUpstream.start { _ in begun }, try await ScriptedUpstream.start { _ in second }
        )
        let providers = [upstreams.0, upstreams.1].enumerated().map { place, upstream in
            Provider(
                name: "up\(place)", kind: .openAI,
                origin: Origin(isTLS: false, host: "127.0.0.1", port: upstream.port), basePath: "/v1")
        }
        let snapshot = Snapshot(
            server: Fixture.settings(), access: .anyone, retries: Fixture.retries(attempts: 2), providers: providers,
            routes: [
                Route(
                    pattern: "m",
                    targets: [
                        Target(provider: 0, model: "a", weight: 1), Target(provider: 1, model: "b", weight: 0),
                    ], continuesStreams: continues)
            ], keys: [])
        nonisolated(unsafe) var result: (String, ExchangeRecord)?
        try await Fixture.withGateway(snapshot) { gateway in
            let answer = try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
                try await outbound.write(
                    ByteBuffer(string: Fixture.post(body, path: path, fields: "connection: close\r\n")))
                let begun = try await RawClient.read(&inbound) { $0.contains("delta") }
                upstreams.0.proceed()
                return begun + (try await RawClient.read(&inbound))
            }
            result = (answer, await gateway.records.wait(for: 1)[0])
        }
        await upstreams.0.stop()
        await upstreams.1.stop()
        let (answer, record) = try #require(result)
        return (answer, upstreams.1.requests, record)
    }

    @Test func theRestComesFromTheNextTargetUnderTheSameID() async throws {
        let rest = Self.acts([Self.text("ld, and ", id: "two"), Self.text("more", id: "two")], ends: true)
        let (answer, requests, record) = try await run([Self.text("Hello "), Self.text("wor")], then: rest)
        let contents = answer.matches(of: /"content":"([^"]*)"/).map { String($0.1) }.joined()
        #expect(contents == "Hello world, and more", "\(answer)")
        #expect(!answer.contains(#""id":"two""#) && answer.ranges(of: "[DONE]").count == 1)
        #expect(answer.contains(": headgate: continued by up1/b@default\n\n") && !answer.contains("stream_interrupted"))
        let request = try #require(requests.first)
        #expect(request.contains(#""role":"assistant","content":"Hello wor""#), "\(request)")
        #expect(record.outcome == .ok && record.fallback == "continued" && record.attempts.count == 2)
        #expect(record.attempts[0].errorCode == .streamInterrupted && record.attempts[0].usageSource != .none)
    }

    @Test func whatTheNextOneRepeatsIsLeftOut() async throws {
        let rest = Self.acts([Self.text("is the day to go "), Self.text("out.")], ends: true)
        let (answer, _, _) = try await run([Self.text("I think today is the day to go ")], then: rest)
        let contents = answer.matches(of: /"content":"([^"]*)"/).map { String($0.1) }.joined()
        #expect(contents == "I think today is the day to go out.", "\(answer)")
    }

    @Test func isToldInTheClientsFormat() async throws {
        let rest = Self.acts([Self.text("ld")], ends: true)
        let (answer, _, record) = try await run(
            [Self.text("wor")], then: rest,
            body: #"{"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"hi"}]}"#,
            path: "/v1/messages")
        #expect(
            answer.ranges(of: "event: message_start").count == 1 && answer.ranges(of: "event: message_stop").count == 1)
        #expect(answer.ranges(of: "event: content_block_start").count == 1, "\(answer)")
        #expect(answer.ranges(of: "event: content_block_stop").count == 1)
        #expect(answer.matches(of: /"text_delta","text":"([^"]*)"/).map { String($0.1) }.joined() == "world")
        #expect(record.outcome == .ok)
    }

    @Test(arguments: [[tool], [thinking], [text("a"), tool]]) func nobodyGoesOnWithACallOrAThought(
        _ events: [String]
    ) async throws {
        let (answer, requests, record) = try await run(events, then: Self.acts([Self.text("x")], ends: true))
        #expect(answer.contains("stream_interrupted") && requests.isEmpty, "\(answer)")
        #expect(record.outcome == .truncated)
    }

    @Test func nobodyGoesOnWhereTheConfigurationDoesNotSaySo() async throws {
        let (answer, requests, _) = try await run(
            [Self.text("a")], then: Self.acts([Self.text("x")], ends: true), continues: false)
        #expect(answer.contains("stream_interrupted") && requests.isEmpty)
    }

    @Test func theClientIsToldWhenTheNextOneFailsToo() async throws {
        let (answer, requests, record) = try await run([Self.text("Hello")], then: [.close])
        #expect(answer.contains("stream_interrupted") && answer.hasSuffix("0\r\n\r\n"), "\(answer)")
        #expect(requests.count == 1 && record.outcome == .truncated && record.attempts.count == 2)
        #expect(record.attempts[1].usageSource == .none)
    }
}
