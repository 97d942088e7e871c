import Core
import Plan
import TestKit
import Testing

@testable import Proxy

/// Web pages that call, and the addresses that calls come from.
@Suite struct CrossOriginTests {
    private func ask(_ request: String, _ server: ServerSettings) async throws -> (
        answer: String, record: ExchangeRecord
    ) {
        nonisolated(unsafe) var result: (String, ExchangeRecord)!
        try await Fixture.withGateway(server: server, script: { _ in [.send(Fixture.completion)] }) { gateway, _ in
            let answer = try await RawClient.exchange(port: gateway.port, request)
            result = (answer, await gateway.records.wait(for: 1)[0])
        }
        return result
    }

    private var server: ServerSettings {
        var server = Fixture.settings()
        server.allowedOrigins = ["https://app.example"]
        return server
    }

    @Test func answersTheQuestionOfAnAllowedPage() async throws {
        let question =
            "OPTIONS /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\norigin: https://app.example\r\n"
            + "access-control-request-method: POST\r\naccess-control-request-headers: authorization,x-a\r\nconnection: close\r\n\r\n"
        let (answer, record) = try await ask(question, server)
        #expect(answer.hasPrefix("HTTP/1.1 204 ") && answer.hasSuffix("\r\n\r\n"))
        #expect(answer.contains("access-control-allow-origin: https://app.example\r\n"))
        #expect(answer.contains("access-control-allow-headers: authorization,x-a\r\n"))
        #expect(!answer.contains("content-length") && record.outcome == .ok)
    }

    @Test func refusesTheQuestionOfAStranger() async throws {
        let question =
            "OPTIONS /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\norigin: https://evil.example\r\n"
            + "access-control-request-method: POST\r\nconnection: close\r\n\r\n"
        let (answer, _) = try await ask(question, server)
        #expect(answer.hasPrefix("HTTP/1.1 403 ") && !answer.contains("access-control-allow-origin"))
    }

    @Test func letsAnAllowedPageReadItsAnswer() async throws {
        let request = Fixture.post(Fixture.chat, fields: "origin: https://app.example\r\nconnection: close\r\n")
        let (answer, _) = try await ask(request, server)
        #expect(
            answer.hasPrefix("HTTP/1.1 200 OK") && answer.contains("access-control-allow-origin: https://app.example"))
    }

    @Test func recordsWhomATrustedProxyNames() async throws {
        let fields = "x-forwarded-for: 6.6.6.6, 203.0.113.9, 10.1.2.3\r\nconnection: close\r\n"
        let (_, direct) = try await ask(Fixture.post(Fixture.chat, fields: fields), server)
        #expect(direct.client == "127.0.0.1")
        var behindProxy = server
        behindProxy.trustedProxies = ["127.0.0.0/8", "10.0.0.0/8"].compactMap { IPNetwork($0) }
        let (_, named) = try await ask(Fixture.post(Fixture.chat, fields: fields), behindProxy)
        #expect(named.client == "203.0.113.9")
    }

    @Test(arguments: [
        ("203.0.113.9", "203.0.113.9"), ("2001:db8::1", "2001:db8::1"), ("garbage", "10.0.0.1"),
        ("1.1.1.1,", "1.1.1.1"),
        ("10.0.0.9", "10.0.0.9"), ("1.1.1.1, nonsense, 10.0.0.2", "10.0.0.2"),
    ]) func believesOnlyAddresses(_ field: String, _ expected: String) {
        let address = ClientAddress(peer: "10.0.0.1", trustedProxies: ["10.0.0.0/8"].compactMap { IPNetwork($0) })
        #expect(address.client(forwardedFor: field) == expected)
    }
}
