import Core
import Plan
import TestKit
import Testing

@testable import Proxy

/// What goes straight to a provider, with its credential, and what comes back.
@Suite struct PassthroughTests {
    private func ask(
        _ target: String, fields: String = "", answer: String
    ) async throws -> (answer: String, sent: [String], record: ExchangeRecord) {
        nonisolated(unsafe) var result: (String, [String], ExchangeRecord)!
        try await Fixture.withGateway(script: { _ in [.send(answer)] }) { gateway, upstream in
            let request = "GET \(target) HTTP/1.1\r\nhost: localhost\r\n\(fields)connection: close\r\n\r\n"
            let text = try await RawClient.exchange(port: gateway.port, request)
            result = (text, upstream.requests, await gateway.records.wait(for: 1)[0])
        }
        return result
    }

    @Test(arguments: ["401 Unauthorized", "403 Forbidden"]) func hidesWhatIsSaidOfOurCredential(_ status: String)
        async throws
    {
        let body = #"{"error":{"message":"Incorrect API key provided: sk-ups***"}}"#
        let (answer, _, record) = try await ask("/providers/up/v1/x", answer: Fixture.answer(body, status: status))
        #expect(answer.hasPrefix("HTTP/1.1 502 ") && !answer.contains("sk-ups"))
        #expect(answer.contains("x-should-retry: false") && record.outcome == .error)
    }

    @Test func passesOtherErrorsAndRecordsThemAsErrors() async throws {
        let (answer, _, record) = try await ask(
            "/providers/up/v1/x", answer: Fixture.answer(#"{"error":1}"#, status: "404 Not Found"))
        #expect(answer.hasPrefix("HTTP/1.1 404 ") && answer.hasSuffix(#"{"error":1}"#))
        #expect(answer.contains("x-headgate-error: upstream_error") && record.outcome == .error)
    }

    @Test func keepsTheClientsKeyAndTheConnectionsFields() async throws {
        let (answer, sent, _) = try await ask(
            "/providers/up/v1/x?a=1&key=mine-and-nobody-elses&b=2",
            answer: Fixture.answer("[]", fields: "connection: x-secret\r\nx-secret: 1\r\nx-open: 1\r\n"))
        #expect(sent[0].hasPrefix("GET /v1/x?a=1&b=2 HTTP/1.1\r\n") && !sent[0].contains("mine"))
        #expect(answer.contains("x-open: 1") && !answer.contains("x-secret"))
    }

    @Test func refusesAnAnswerThatSwitchesProtocols() async throws {
        let (answer, _, record) = try await ask(
            "/providers/up/v1/x", answer: "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 502 ") && record.errorCode == .upstreamError)
    }

    @Test func speaksTheCallersDialectInItsOwnErrors() async throws {
        let (answer, _, _) = try await ask(
            "/providers/none/v1/x", fields: "anthropic-version: 2023-06-01\r\n", answer: Fixture.completion)
        #expect(
            answer.hasPrefix("HTTP/1.1 404 ") && answer.contains(#"{"type":"error","error":{"type":"not_found_error""#))
    }

    @Test func answersHEADWhereverItAnswersGET() async throws {
        try await Fixture.withGateway(script: { _ in [] }) { gateway, _ in
            let answer = try await RawClient.exchange(
                port: gateway.port, "HEAD /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK") && answer.hasSuffix("\r\n\r\n"))
            #expect(answer.contains("content-length: 15\r\n"))
        }
    }
}
