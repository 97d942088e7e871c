import Core
import NIOCore
import Plan
import Policy
import TestKit
import Testing
import Wire

@testable import Proxy

/// Two upstreams: a first one that does as a test says, and a second one that is well.
private func withTwo(
    fallbacks: [Fallback] = [], retries: RetryPolicy = Fixture.retries(attempts: 3), timeouts: Timeouts = Timeouts(),
    breaker: BreakerSettings = BreakerSettings(), sharing isShared: Bool = true,
    first: @escaping @Sendable (Int) -> [ScriptedUpstream.Act],
    second: @escaping @Sendable (Int) -> [ScriptedUpstream.Act] = { _ in [.send(Fixture.completion)] },
    _ body: (TestGateway, ScriptedUpstream, ScriptedUpstream) async throws -> Void
) async throws {
    let upstreams = (
        try await ScriptedUpstream.start(script: first), try await ScriptedUpstream.start(script: second)
    )
    let providers = [upstreams.0, upstreams.1].enumerated().map { place, upstream in
        Provider(
            name: place == 0 ? "first" : "second", kind: .openAI,
            origin: Origin(isTLS: false, host: "127.0.0.1", port: upstream.port), basePath: "/v1")
    }
    // The first is always the first choice.
    let targets = [Target(provider: 0, model: "a", weight: 1), Target(provider: 1, model: "b", weight: 0)]
    let snapshot = Snapshot(
        server: Fixture.settings(), access: .anyone, timeouts: timeouts, retries: retries, breaker: breaker,
        providers: providers,
        routes: [
            Route(pattern: "m", targets: isShared ? targets : [targets[0]], fallbacks: fallbacks),
            Route(pattern: "small", targets: [targets[1]]),
        ], keys: [])
    try await Fixture.withGateway(snapshot) { try await body($0, upstreams.0, upstreams.1) }
    await upstreams.0.stop()
    await upstreams.1.stop()
}

/// A failure of an upstream before its first content.
struct EarlyFailure: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let acts: [ScriptedUpstream.Act]
    var isSilent = false
    /// Only a call for a stream can fail so.
    var isOfStreams = false

    private static let preamble = Fixture.chunk(
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n")
    private static let errorEvent = Fixture.chunk(
        "data: {\"error\":{\"message\":\"the first failed\",\"type\":\"server_error\"}}\n\n")

    static let all = [
        EarlyFailure(testDescription: "closes at once", acts: [.close]),
        EarlyFailure(testDescription: "500", acts: [.send(Fixture.answer("{\"error\":{}}", status: "500 No"))]),
        EarlyFailure(testDescription: "401", acts: [.send(Fixture.answer("{\"error\":{}}", status: "401 No"))]),
        EarlyFailure(testDescription: "429", acts: [.send(Fixture.answer("{\"error\":{}}", status: "429 No"))]),
        EarlyFailure(testDescription: "HTML", acts: [.send(Fixture.answer("<html>"))]),
        EarlyFailure(testDescription: "cut JSON", acts: [.send(Fixture.answer("{\"choices\":"))]),
        EarlyFailure(testDescription: "no body", acts: [.send(Fixture.streamHead), .close]),
        EarlyFailure(
            testDescription: "cut preamble", acts: [.send(Fixture.streamHead + preamble), .close],
            isOfStreams: true),
        EarlyFailure(
            testDescription: "error event", acts: [.send(Fixture.streamHead + preamble + errorEvent)],
            isOfStreams: true),
        EarlyFailure(
            testDescription: "ended preamble", acts: [.send(Fixture.streamHead + preamble + "0\r\n\r\n")],
            isOfStreams: true),
        EarlyFailure(
            testDescription: "silence", acts: [.send(Fixture.streamHead + preamble), .hold],
            isSilent: true, isOfStreams: true),
    ]
}

@Suite struct ProviderFallbackTests {
    @Test(arguments: EarlyFailure.all) func replacesAStreamThatFailsBeforeItsContentUnseen(
        _ failure: EarlyFailure
    ) async throws {
        let well = Fixture.streamHead + Fixture.chunk(Fixture.event + Fixture.lastEvents) + "0\r\n\r\n"
        var timeouts = Timeouts()
        if failure.isSilent { timeouts.firstToken = 2_000_000_000 }
        try await withTwo(timeouts: timeouts, first: { _ in failure.acts }, second: { _ in [.send(well)] }) {
            gateway, first, second in
            let answer = try await Fixture.ask(gateway, Fixture.streamedChat)
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains(Fixture.event), "\(answer)")
            #expect(answer.contains("x-headgate-fallback: provider\r\n") && !answer.contains("assistant"))
            #expect(answer.contains("x-headgate-provider: second\r\n") && answer.contains("x-headgate-attempts: 2\r\n"))
            let record = await gateway.records.wait(for: 1)[0]
            #expect(record.outcome == .ok && record.fallback == "provider" && record.errorCode == nil)
            #expect(record.attempts.count == 2 && record.attempts[0].errorCode != nil)
            #expect(first.requests.count == 1 && second.requests.count == 1)
        }
    }

    @Test(arguments: EarlyFailure.all.filter { !$0.isOfStreams }) func servesAWholeAnswerFromTheNextTarget(
        _ failure: EarlyFailure
    ) async throws {
        try await withTwo(first: { _ in failure.acts }) { gateway, _, _ in
            let answer = try await Fixture.ask(gateway)
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("\"hi\""), "\(answer)")
        }
    }

    @Test func doesNotMixAnAnswerThatHasBegun() async throws {
        let begun = Fixture.streamHead + Fixture.chunk(Fixture.event)
        try await withTwo(first: { _ in [.send(begun), .hold, .close] }) { gateway, first, second in
            let answer = try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: Fixture.post(Fixture.streamedChat)))
                let begun = try await RawClient.read(&inbound) { $0.contains(Fixture.event) }
                first.proceed()
                return begun + (try await RawClient.read(&inbound) { $0.contains("0\r\n\r\n") })
            }
            #expect(answer.contains(Fixture.event) && answer.contains("stream_interrupted"))
            #expect(second.requests.isEmpty)
        }
    }

    @Test func passesTheLastErrorOnWhenNothingIsLeft() async throws {
        let error = Fixture.answer(#"{"error":{"message":"from the provider"}}"#, status: "503 No")
        try await withTwo(first: { _ in [.send(error)] }, second: { _ in [.send(error)] }) { gateway, first, second in
            let answer = try await Fixture.ask(gateway)
            #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("from the provider"), "\(answer)")
            #expect(first.requests.count + second.requests.count == 3)
            #expect(!answer.contains("x-headgate-fallback"))
        }
    }

    @Test func asksNobodyElseForAWrongRequest() async throws {
        let error = Fixture.answer(#"{"error":{"message":"wrong"}}"#, status: "400 No")
        try await withTwo(first: { _ in [.send(error)] }) { gateway, first, second in
            let answer = try await Fixture.ask(gateway)
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            #expect(first.requests.count == 1 && second.requests.isEmpty)
        }
    }

    @Test func triesTheSameAgainWhereThereIsNoOther() async throws {
        let error = Fixture.answer(#"{"error":{}}"#, status: "500 No")
        try await withTwo(sharing: false, first: { [.send($0 < 2 ? error : Fixture.completion)] }) {
            gateway, first, _ in
            let answer = try await Fixture.ask(gateway)
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && first.requests.count == 3)
            #expect(!answer.contains("x-headgate-fallback"))
        }
    }

    @Test(arguments: [("500 No", #"{"error":{}}"#), ("503 No", "<html>Service unavailable"), ("502 No", "")])
    func leavesATargetAloneOnceItHasFailedTooOften(_ status: String, _ body: String) async throws {
        let error = Fixture.answer(body, status: status)
        var breaker = BreakerSettings()
        breaker.consecutive = 2
        try await withTwo(breaker: breaker, first: { _ in [.send(error)] }) { gateway, first, second in
            for _ in 0..<5 {
                let answer = try await Fixture.ask(gateway)
                #expect(answer.hasPrefix("HTTP/1.1 200 "))
            }
            #expect(first.requests.count == 2 && second.requests.count == 5)
        }
    }

    /// A client that reads nothing of a stream's beginning is told that it lives, and gets it all the same.
    @Test func givesASignOfLifeWhileTheBeginningIsHeldBack() async throws {
        var settings = Fixture.settings()
        settings.keepAlive = 50_000_000
        let upstream = try await ScriptedUpstream.start { _ in
            [.send(Fixture.streamHead + Fixture.chunk(": preamble\n\n")), .hold, .close]
        }
        try await Fixture.withGateway(
            Fixture.snapshot(upstreamPort: upstream.port, server: settings)
        ) { gateway in
            let answer = try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: Fixture.post(Fixture.streamedChat)))
                let begun = try await RawClient.read(&inbound) { $0.contains("\r\n\r\n") && $0.contains("\r\n: ") }
                upstream.proceed()
                return begun + (try await RawClient.read(&inbound) { $0.contains("0\r\n\r\n") })
            }
            #expect(answer.contains("upstream_error") && !answer.contains("HTTP/1.1 502"))
        }
        await upstream.stop()
    }
}

@Suite struct OtherFallbackTests {
    private let error = Fixture.answer(#"{"error":{"message":"down"}}"#, status: "500 No")

    private func ask(
        _ fallbacks: [Fallback], _ body: String = Fixture.chat, path: String = "/v1/chat/completions",
        status: String = "500 No"
    ) async throws -> (answer: String, record: ExchangeRecord) {
        let error = Fixture.answer(#"{"error":{"message":"down"}}"#, status: status)
        nonisolated(unsafe) var result: (String, ExchangeRecord)?
        try await withTwo(
            fallbacks: fallbacks, retries: Fixture.once, sharing: false, first: { _ in [.send(error)] }
        ) { gateway, _, _ in
            let answer = try await RawClient.exchange(
                port: gateway.port,
                Fixture.post(body, path: path, fields: "connection: close\r\nx-headgate-user: ada\r\n"))
            result = (answer, await gateway.records.wait(for: 1)[0])
        }
        return try #require(result)
    }

    @Test func anotherModelHasAnAttemptOfItsOwn() async throws {
        let (answer, record) = try await ask([Fallback(.model("small"))])
        #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("x-headgate-fallback: model\r\n"), "\(answer)")
        #expect(answer.contains("x-headgate-model: b\r\n"))
        #expect(record.model == "m" && record.fallback == "model" && record.attempts.count == 2)
    }

    @Test(arguments: [
        ("/v1/chat/completions", #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#, "choices"),
        ("/v1/messages", #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}"#, "end_turn"),
        ("/v1/responses", #"{"model":"m","input":"hi"}"#, "output_text"),
    ]) func aTemplateIsToldInTheClientsFormat(_ path: String, _ body: String, _ word: String) async throws {
        let fallback = Fallback(.template(try Template("Busy, {{user}}. {{ model }} {{nothing}}!")))
        let (answer, record) = try await ask([fallback], body, path: path)
        #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("Busy, ada. m !"), "\(answer)")
        #expect(answer.contains("x-headgate-fallback: template\r\n") && answer.contains(word))
        #expect(record.outcome == .ok && record.fallback == "template")
        let stream = body.replacing("{\"model\"", with: "{\"stream\":true,\"model\"")
        let (streamed, _) = try await ask([fallback], stream, path: path)
        #expect(streamed.contains("content-type: text/event-stream") && streamed.contains("Busy, ada."), "\(streamed)")
        #expect(streamed.hasSuffix("0\r\n\r\n"))
    }

    @Test func anEndpointOfTheUsersIsAsked() async throws {
        let endpoint = try await ScriptedUpstream.start { _ in [.send(Fixture.answer(#"{"text":"from mine"}"#))] }
        let http = Fallback(
            .http(
                FallbackEndpoint(
                    origin: Origin(isTLS: false, host: "127.0.0.1", port: endpoint.port), target: "/answer?a=b",
                    timeout: 5_000_000_000)))
        let (answer, _) = try await ask([http])
        #expect(answer.contains("from mine") && answer.contains("x-headgate-fallback: http\r\n"), "\(answer)")
        let request = try #require(endpoint.requests.first)
        #expect(request.hasPrefix("POST /answer?a=b HTTP/1.1\r\n") && request.contains(#""reason":"unavailable""#))
        #expect(request.contains(#""tags":{"user":"ada"}"#) && request.contains(#""request":{"model":"m""#))
        await endpoint.stop()
    }

    @Test func theNextOneAnswersWhereAnEndpointDoesNot() async throws {
        let http = Fallback(
            .http(
                FallbackEndpoint(
                    origin: Origin(isTLS: false, host: "127.0.0.1", port: 1), target: "/", timeout: 1_000_000_000)))
        let (answer, _) = try await ask([http, Fallback(.template(try Template("still here")))])
        #expect(answer.contains("still here") && answer.contains("x-headgate-fallback: template\r\n"), "\(answer)")
    }

    @Test func anHonestFailureHasItsOwnWords() async throws {
        let (answer, record) = try await ask([Fallback(.error(message: "Later, please.", retryAfterSeconds: 30))])
        #expect(answer.hasPrefix("HTTP/1.1 502 ") && answer.contains("Later, please."), "\(answer)")
        #expect(answer.contains("retry-after: 30\r\n") && answer.contains("x-headgate-fallback: error\r\n"))
        #expect(record.outcome == .error && record.fallback == "error")
    }

    @Test func answersOnlyForTheFailuresThatItNames() async throws {
        let named = Fallback(.template(try Template("stand-in")), reasons: [.rateLimited])
        let unnamed = try await ask([named]).answer
        #expect(unnamed.hasPrefix("HTTP/1.1 500 "))
        let limited = try await ask([named], status: "429 No").answer
        #expect(limited.contains("stand-in"))
        let any = Fallback(.template(try Template("stand-in")))
        let wrong = try await ask([any], status: "400 No").answer
        #expect(wrong.hasPrefix("HTTP/1.1 400 "))
    }
}

@Suite struct TemplateTests {
    @Test(arguments: ["{{", "a {{b", "{{}}", "{{a b c!}}", "{{\u{e9}}}"]) func refusesWhatIsNoTemplate(_ text: String) {
        #expect(throws: TemplateError.self) { try Template(text) }
    }

    @Test func fillsInWhatIsKnown() throws {
        let template = try Template("{{a}}{{ b }}x{{c}}}}")
        #expect(template.filled { ["a": "1", "b": "{{a}}"][$0] } == "1{{a}}x}}")
    }
}

/// Targets that cannot say what is asked.
@Suite struct UnspeakableTests {
    @Test(arguments: [(true, "200"), (false, "400")]) func anotherTargetIsAskedThatHasWordsForIt(
        _ hasOther: Bool, _ status: String
    ) async throws {
        let upstream = try await ScriptedUpstream.start { _ in [.send(Fixture.completion)] }
        let origin = Origin(isTLS: false, host: "127.0.0.1", port: upstream.port)
        let providers = [
            Provider(name: "claude", kind: .anthropic, origin: origin, basePath: ""),
            Provider(name: "chat", kind: .openAI, origin: origin, basePath: "/v1"),
        ]
        let targets = [Target(provider: 0, model: "a", weight: 1), Target(provider: 1, model: "b", weight: 0)]
        let snapshot = Snapshot(
            server: Fixture.settings(), access: .anyone, providers: providers,
            routes: [
                Route(
                    pattern: "m", targets: hasOther ? targets : [targets[0]],
                    fallbacks: [Fallback(.template(try Template("stand-in")))])
            ], keys: [])
        try await Fixture.withGateway(snapshot) { gateway in
            let body = #"{"model":"m","seed":1,"messages":[{"role":"user","content":"hi"}]}"#
            let answer = try await RawClient.exchange(
                port: gateway.port,
                Fixture.post(body, fields: "connection: close\r\nx-headgate-translation: strict\r\n"))
            #expect(answer.hasPrefix("HTTP/1.1 \(status) ") && !answer.contains("stand-in"), "\(answer)")
        }
        await upstream.stop()
    }
}
