import Core
import NIOCore
import Plan
import TestKit
import Testing

@testable import Proxy

/// Requests of every kind, mostly bad, and what they are answered.
@Suite struct ClientSideTests {
    private func ask(_ request: String, server: ServerSettings = Fixture.settings()) async throws -> String {
        nonisolated(unsafe) var answer = ""
        try await Fixture.withGateway(server: server, script: { _ in [.send(Fixture.completion)] }) { gateway, _ in
            answer = try await RawClient.exchange(port: gateway.port, request) { $0.hasSuffix("}}") }
            // The next request is served as if nothing had been.
            let next = try await RawClient.exchange(port: gateway.port, Fixture.post(Fixture.chat)) {
                $0.hasSuffix("}}")
            }
            #expect(next.hasPrefix("HTTP/1.1 200 OK"))
        }
        return answer
    }

    @Test(arguments: [
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}",
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\rx: y\r\n\r\n",
        "GET / HTTP/1.1\r\nhost : localhost\r\n\r\n", "NONSENSE\r\n\r\n", "GET /health HTTP/9.9\r\n\r\n",
    ]) func refusesAmbiguousFramingAndCloses(_ request: String) async throws {
        let answer = try await ask(request)
        #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("connection: close"))
    }

    @Test func boundsTheHead() async throws {
        let large = try await ask(
            "GET /health HTTP/1.1\r\nhost: localhost\r\nx: \(String(repeating: "a", count: 70_000))\r\n\r\n")
        #expect(large.hasPrefix("HTTP/1.1 431 "))
        let many = (0...Limits.requestHeaderFieldsMax).map { "x\($0): 1\r\n" }.joined()
        #expect(try await ask("GET /health HTTP/1.1\r\nhost: localhost\r\n\(many)\r\n").hasPrefix("HTTP/1.1 431 "))
    }

    @Test func boundsTheBody() async throws {
        var server = Fixture.settings()
        server.bodyBytesMax = 100
        let body = #"{"model":"m","x":"\#(String(repeating: "a", count: 200))"}"#
        #expect(try await ask(Fixture.post(body), server: server).hasPrefix("HTTP/1.1 413 "))
        let chunked =
            "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n"
            + Fixture.chunk(body)
        #expect(try await ask(chunked, server: server).hasPrefix("HTTP/1.1 413 "))
    }

    @Test func cutsAHeadThatDripsIn() async throws {
        var server = Fixture.settings()
        server.headerTimeout = 1_000_000_000
        #expect(try await ask("POST /v1/chat/comp", server: server).hasPrefix("HTTP/1.1 408 "))
    }

    @Test func cutsABodyThatDoesNotCome() async throws {
        var server = Fixture.settings()
        server.bodyTimeout = 1_000_000_000
        let request = "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99\r\n\r\n{"
        #expect(try await ask(request, server: server).hasPrefix("HTTP/1.1 408 "))
    }

    @Test(arguments: [
        ("GET /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n", "405"),
        ("POST /v1/none HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 0\r\n\r\n", "404"),
        ("GET /health HTTP/1.1\r\nconnection: close\r\n\r\n", "400"),
        ("GET /health HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n", "403"),
        ("GET /health HTTP/1.1\r\nhost: [::1].evil.example\r\nconnection: close\r\n\r\n", "403"),
        ("GET /health HTTP/1.1\r\nhost: 127.0.0.1.evil.example\r\nconnection: close\r\n\r\n", "403"),
        ("GET /health HTTP/1.1\r\nhost: [::1]:8080\r\nconnection: close\r\n\r\n", "200"),
        ("GET /health HTTP/1.1\r\nhost: localhost\r\norigin: https://evil.example\r\nconnection: close\r\n\r\n", "403"),
        ("GET /health HTTP/1.0\r\n\r\n", "403"),
        ("GET /health HTTP/1.0\r\nhost: 127.0.0.1:80\r\n\r\n", "200"),
        ("CONNECT /providers/up/a HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n", "405"),
        ("GET /providers/up/a/../b HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n", "400"),
        ("GET /providers/claude/v1/x HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n", "404"),
    ]) func answersWithTheDocumentedStatus(_ request: String, _ status: String) async throws {
        let answer = try await ask(request)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
    }

    @Test func saysContinueToAClientThatAsks() async throws {
        try await Fixture.withGateway(script: { _ in [.send(Fixture.completion)] }) { gateway, _ in
            try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
                let body = Fixture.chat
                try await outbound.write(
                    ByteBuffer(
                        string:
                            "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: \(body.utf8.count)\r\n\r\n"
                    ))
                let go = try await RawClient.read(&inbound) { $0.hasSuffix("\r\n\r\n") }
                #expect(go == "HTTP/1.1 100 Continue\r\n\r\n")
                try await outbound.write(ByteBuffer(string: body))
                let answer = try await RawClient.read(&inbound) { $0.hasSuffix("}}") }
                #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
            }
        }
    }

    @Test func answersPipelinedRequestsInOrder() async throws {
        let script: @Sendable (Int) -> [ScriptedUpstream.Act] = { number in
            [.send(Fixture.answer(#"{"choices":[],"number":\#(number)}"#))]
        }
        try await Fixture.withGateway(script: script) { gateway, _ in
            let three = String(repeating: Fixture.post(Fixture.chat), count: 3)
            let answer = try await RawClient.exchange(port: gateway.port, three) { $0.contains("\"number\":2}") }
            let order = ["\"number\":0}", "\"number\":1}", "\"number\":2}"].compactMap {
                answer.firstRange(of: $0)?.lowerBound
            }
            #expect(order.count == 3 && order == order.sorted())
        }
    }

    @Test func answersPassthroughWithTheProvidersCredential() async throws {
        try await Fixture.withGateway(script: { _ in
            [.send(Fixture.answer("[1]", fields: "set-cookie: a=b\r\nx-own: 1\r\n"))]
        }) {
            gateway, upstream in
            let request =
                "GET /providers/up/v1/files?limit=2 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer mine\r\ncookie: c=d\r\nconnection: close\r\n\r\n"
            let answer = try await RawClient.exchange(port: gateway.port, request)
            #expect(answer.hasSuffix("[1]") && answer.contains("x-own: 1") && !answer.contains("set-cookie"))
            let sent = upstream.requests[0]
            #expect(sent.hasPrefix("GET /v1/files?limit=2 HTTP/1.1\r\n") && sent.contains("Bearer sk-upstream"))
            #expect(!sent.contains("mine") && !sent.contains("cookie"))
        }
    }

    @Test func answers503WhenThereAreTooManyConnections() async throws {
        try await Fixture.withGateway(connectionsMax: 1, script: { _ in [.send(Fixture.completion)] }) { gateway, _ in
            try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: Fixture.post(Fixture.chat)))
                let answer = try await RawClient.read(&inbound) { $0.hasSuffix("}}") }
                #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
                let second = try await RawClient.withConnection(port: gateway.port) { inbound, _ in
                    try await RawClient.read(&inbound)
                }
                #expect(second.hasPrefix("HTTP/1.1 503 "))
            }
        }
    }

    @Test func endsStreamsInTheirDialectWhenTheDrainTimeIsUp() async throws {
        let upstream = try await ScriptedUpstream.start { _ in
            [.send(Fixture.streamHead + Fixture.chunk(Fixture.event)), .hold]
        }
        let gateway = try await TestGateway.start(Fixture.snapshot(upstreamPort: upstream.port))
        try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
            try await outbound.write(ByteBuffer(string: Fixture.post(Fixture.streamedChat)))
            let begun = try await RawClient.read(&inbound) { $0.contains(Fixture.event) }
            #expect(begun.hasPrefix("HTTP/1.1 200 OK"))
            async let stopped: Void = gateway.stop(drainSeconds: 0)
            let rest = try await RawClient.read(&inbound)
            #expect(rest.contains("stream_interrupted") && rest.hasSuffix("0\r\n\r\n"))
            try await stopped
        }
        await upstream.stop()
    }
}
