import Core
import NIOCore
import Plan
import TestKit
import Testing

@testable import Proxy

/// Which connections to an upstream serve another call.
@Suite struct ConnectionReuseTests {
    /// Two calls, one after the other; how many connections they took, and how they were answered.
    private func twoCalls(_ first: String) async throws -> (connections: Int, answers: [String]) {
        nonisolated(unsafe) var result: (Int, [String])!
        try await Fixture.withGateway(script: { [.send($0 == 0 ? first : Fixture.completion)] }) { gateway, upstream in
            var answers: [String] = []
            for _ in 0..<2 {
                let request = Fixture.post(Fixture.chat, fields: "connection: close\r\n")
                answers.append(try await RawClient.exchange(port: gateway.port, request))
            }
            result = (upstream.connections, answers)
        }
        return result
    }

    @Test func oneThatWasAnsweredWholeIsUsedAgain() async throws {
        let (connections, answers) = try await twoCalls(Fixture.completion)
        #expect(connections == 1 && answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200 OK") })
    }

    @Test(arguments: [
        Fixture.completion.replacing("\r\n\r\n", with: "\r\nconnection: close\r\n\r\n"),
        Fixture.completion.replacing("HTTP/1.1", with: "HTTP/1.0"), Fixture.completion + "HTTP/1.1 200 OK\r\n\r\n",
        Fixture.completion + "x",
    ]) func oneThatCannotBeTrustedWithTheNextAnswerIsNot(_ first: String) async throws {
        let (connections, answers) = try await twoCalls(first)
        #expect(connections == 2 && answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200 OK") }, "\(answers)")
    }

    @Test func thereAreNeverMoreThanAreAllowed() async throws {
        let upstream = try await ScriptedUpstream.start { _ in [.send(Fixture.completion)] }
        let gateway = try await TestGateway.start(Fixture.snapshot(upstreamPort: upstream.port, connectionsMax: 3))
        let request = Fixture.post(Fixture.chat, fields: "connection: close\r\n")
        let port = gateway.port
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<40 { group.addTask { try await RawClient.exchange(port: port, request) } }
            for try await answer in group { #expect(answer.hasPrefix("HTTP/1.1 200 OK")) }
        }
        #expect(upstream.connections <= 3 && upstream.requests.count == 40)
        try await gateway.stop()
        await upstream.stop()
    }

    @Test func aRedirectIsNotFollowed() async throws {
        let other = try await ScriptedUpstream.start { _ in [.send(Fixture.completion)] }
        let (_, answers) = try await twoCalls(
            "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:\(other.port)/\r\ncontent-length: 0\r\n\r\n")
        #expect(answers[0].hasPrefix("HTTP/1.1 502 ") && other.connections == 0)
        await other.stop()
    }
}
