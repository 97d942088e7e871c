import Core
import NIOCore
import Plan
import TestKit
import Testing

@testable import Proxy

/// What happens to the upstream call of a client that left.
@Suite struct DisconnectTests {
    private static let usage =
        #"data: {"choices":[],"usage":{"prompt_tokens":4,"completion_tokens":5}}"# + "\n\n"

    /// A client that leaves when it has seen the first event.
    private func leave(_ gateway: TestGateway) async throws {
        _ = try await RawClient.exchange(port: gateway.port, Fixture.post(Fixture.streamedChat)) {
            $0.contains(Fixture.event)
        }
    }

    @Test func drainReadsOnSoThatTheUsageIsKnown() async throws {
        let script: @Sendable (Int) -> [ScriptedUpstream.Act] = { _ in
            [
                .send(Fixture.streamHead + Fixture.chunk(Fixture.event)), .hold,
                .send(Fixture.chunk(Self.usage + Fixture.lastEvents) + "0\r\n\r\n"),
            ]
        }
        try await Fixture.withGateway(onDisconnect: .drain(20_000_000_000), script: script) { gateway, upstream in
            try await leave(gateway)
            upstream.proceed()
            let record = await gateway.records.wait(for: 1)[0]
            #expect(record.outcome == .clientClosed)
            #expect(record.attempts[0].usage.output == 5 && record.attempts[0].usageSource == .provider)
        }
    }

    @Test func drainEndsWithItsTime() async throws {
        let script: @Sendable (Int) -> [ScriptedUpstream.Act] = { _ in
            [.send(Fixture.streamHead + Fixture.chunk(Fixture.event)), .hold]
        }
        try await Fixture.withGateway(onDisconnect: .drain(100_000_000), script: script) { gateway, upstream in
            try await leave(gateway)
            await upstream.waitForClose()
            #expect(await gateway.records.wait(for: 1)[0].outcome == .clientClosed)
        }
    }

    @Test func cancelEndsACallThatHasNotBeenAnswered() async throws {
        try await Fixture.withGateway(script: { _ in [.hold] }) { gateway, upstream in
            try await RawClient.withConnection(port: gateway.port) { _, outbound in
                try await outbound.write(ByteBuffer(string: Fixture.post(Fixture.chat)))
                while upstream.requests.isEmpty { await Task.yield() }
            }
            await upstream.waitForClose()
            let record = await gateway.records.wait(for: 1)[0]
            #expect(record.outcome == .clientClosed && record.attempts.count == 1)
        }
    }

    @Test func cancelEndsACallThatWaitsForAConnection() async throws {
        // The one connection that is allowed is taken by a first call.
        let upstream = try await ScriptedUpstream.start {
            $0 == 0 ? [.hold, .send(Fixture.completion)] : [.send(Fixture.completion)]
        }
        let gateway = try await TestGateway.start(Fixture.snapshot(upstreamPort: upstream.port, connectionsMax: 1))
        async let first = RawClient.exchange(port: gateway.port, Fixture.post(Fixture.chat)) { $0.hasSuffix("}}") }
        while upstream.requests.isEmpty { await Task.yield() }
        try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
            try await outbound.write(ByteBuffer(string: Fixture.post(Fixture.chat)))
            outbound.finish()
            #expect(try await RawClient.read(&inbound) == "")
        }
        #expect(await gateway.records.wait(for: 1)[0].outcome == .clientClosed)
        upstream.proceed()
        #expect(try await first.hasPrefix("HTTP/1.1 200 OK"))
        let next = try await RawClient.exchange(port: gateway.port, Fixture.post(Fixture.chat)) { $0.hasSuffix("}}") }
        #expect(next.hasPrefix("HTTP/1.1 200 OK") && upstream.connections == 1)
        try await gateway.stop()
        await upstream.stop()
    }
}
