import Core
import Plan
import TestKit
import Testing
import Wire

@testable import Proxy

extension ProviderKind {
    /// What a new provider takes: this value, a line in `ProviderList`, and its fixtures.
    fileprivate static let acme = ProviderKind(
        name: "acme",
        dialect: .openAI,
        baseURL: "https://api.acme.example/inference",
        baseURLEnding: .asWritten,
        environmentKey: "ACME_API_KEY",
        credential: .headers(["x-acme-key"]),
        needsCredential: true,
        defaultHeaders: [(.other, "x-acme-version", "7")],
        paths: [
            .chatCompletions: UpstreamPath("/models/{model}/chat", stream: "/models/{model}/chat-stream")
        ],
        families: [
            ModelFamily(
                prefix: "big-", paths: [.chatCompletions: "/big/{model}"], members: [("tier", #""large""#)])
        ],
        renames: [(from: "max_completion_tokens", to: "limit")],
        takesStreamOptions: false)
}

@Suite struct NewProviderTests {
    private static let answer =
        #"{"id":"a","model":"real-m","choices":[{"index":0,"message":{"role":"assistant","#
        + #""content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#

    private func asked(_ request: String, model: String = "real-m") async throws -> (asked: String, answer: String) {
        let upstream = try await ScriptedUpstream.start { _ in
            [
                .send(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
                        + "\(Self.answer.utf8.count)\r\n\r\n\(Self.answer)")
            ]
        }
        let provider = Provider(
            name: "acme", kind: .acme, origin: Origin(isTLS: false, host: "127.0.0.1", port: upstream.port),
            basePath: "/inference", credentials: [.init(secret: Secret("secret"))])
        let snapshot = Snapshot(
            server: Fixture.settings(), access: .anyone, providers: [provider],
            routes: [Route(pattern: "m", targets: [Target(provider: 0, model: model)])], keys: [])
        let gateway = try await TestGateway.start(snapshot)
        let answer = try await RawClient.exchange(port: gateway.port, request)
        try await gateway.stop()
        let request = try #require(upstream.requests.first)
        await upstream.stop()
        return (request, answer)
    }

    private func post(_ path: String, _ body: String) -> String {
        "POST \(path) HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\n"
            + "content-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test func oneValueIsAProvider() async throws {
        let body = #"{"model":"m","max_completion_tokens":5,"messages":[{"role":"user","content":"hi"}]}"#
        let (asked, answer) = try await asked(post("/v1/chat/completions", body))
        #expect(asked.hasPrefix("POST /inference/models/real-m/chat HTTP/1.1\r\n"))
        #expect(asked.contains("x-acme-key: secret\r\n") && asked.contains("x-acme-version: 7\r\n"))
        #expect(asked.hasSuffix(#"{"limit":5,"messages":[{"role":"user","content":"hi"}]}"#))
        #expect(answer.hasPrefix("HTTP/1.1 200") && answer.hasSuffix(Self.answer))
    }

    @Test func itIsServedToClientsOfOtherDialects() async throws {
        let body = #"{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}"#
        let (asked, answer) = try await asked(post("/v1/messages", body))
        #expect(asked.hasPrefix("POST /inference/models/real-m/chat HTTP/1.1\r\n"))
        #expect(asked.contains(#""limit":5"#))
        #expect(answer.contains(#""type":"message""#) && answer.contains(#""text":"hi""#))
    }

    @Test func aFamilyOfItsModelsIsAskedElsewhere() async throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#
        let (asked, _) = try await asked(post("/v1/chat/completions", body), model: "big-one")
        #expect(asked.hasPrefix("POST /inference/big/big-one HTTP/1.1\r\n"))
        #expect(asked.hasSuffix(#"{"tier":"large","messages":[{"role":"user","content":"hi"}]}"#))
    }
}
