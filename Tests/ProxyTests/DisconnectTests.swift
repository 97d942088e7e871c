import Core
import NIOCore
import Plan
import TestKit
import Testing
import Wire

@testable import Proxy

/// What happens to the upstream call of a client that leaves.
@Suite struct DisconnectTests {
    private static let usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":5}}\n\n"
    private static let hour: Int64 = 3600 * 1_000_000_000

    /// The record of the call to the model; those of `/health` are none of these tests' business.
    private func record(_ gateway: TestGateway, of total: Int) async -> ExchangeRecord {
        await gateway.records.wait(for: total).first { $0.endpoint == "/v1/chat/completions" }!
    }

    /// Sends a request, waits for the upstream to have it, and leaves.
    private func askAndLeave(
        _ gateway: TestGateway, _ upstream: ScriptedUpstream, _ body: String, after sign: String? = nil
    ) async throws {
        try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
            try await outbound.write(ByteBuffer(string: Fixture.post(body)))
            await upstream.waitForRequests(1)
            if let sign { _ = try await RawClient.read(&inbound) { $0.contains(sign) } }
        }
        try await Fixture.settle(gateway)
    }

    // MARK: Drain

    @Test func readsAStreamOnForItsUsage() async throws {
        let script: @Sendable (Int) -> [ScriptedUpstream.Act] = { _ in
            [
                .send(Fixture.streamHead + Fixture.chunk(Fixture.event)), .hold,
                .send(Fixture.chunk(Fixture.event + Self.usage + Fixture.lastEvents) + "0\r\n\r\n"),
            ]
        }
        try await Fixture.withGateway(onDisconnect: .drain(Self.hour), script: script) { gateway, upstream in
            try await askAndLeave(gateway, upstream, Fixture.streamedChat, after: Fixture.event)
            upstream.proceed()
            let record = await record(gateway, of: 2)
            #expect(record.outcome == .clientClosed && record.finishReason == "stop")
            #expect(record.attempts[0].usage.inputUncached == 4 && record.attempts[0].usage.output == 5)
            #expect(record.attempts[0].usageSource == .provider && record.attempts[0].errorCode == nil)
            // The connection was used to its end, so that it can be used again.
            let next = try await Fixture.ask(gateway, Fixture.streamedChat)
            #expect(next.contains("[DONE]") && upstream.connections == 1)
        }
    }

    @Test func readsAnAnswerThatHasNotBegunForItsUsage() async throws {
        let script: @Sendable (Int) -> [ScriptedUpstream.Act] = { _ in
            [.hold, .send(Fixture.streamHead + Fixture.chunk(Self.usage + Fixture.lastEvents) + "0\r\n\r\n")]
        }
        try await Fixture.withGateway(onDisconnect: .drain(Self.hour), script: script) { gateway, upstream in
            try await askAndLeave(gateway, upstream, Fixture.streamedChat)
            upstream.proceed()
            let record = await record(gateway, of: 2)
            #expect(record.outcome == .clientClosed && record.attempts[0].usage.output == 5)
        }
    }

    @Test func readsAWholeAnswerForItsUsage() async throws {
        let script: @Sendable (Int) -> [ScriptedUpstream.Act] = { _ in [.hold, .send(Fixture.completion)] }
        try await Fixture.withGateway(onDisconnect: .drain(Self.hour), script: script) { gateway, upstream in
            try await askAndLeave(gateway, upstream, Fixture.chat)
            upstream.proceed()
            let record = await record(gateway, of: 2)
            #expect(record.outcome == .clientClosed && record.errorCode == nil)
            #expect(record.attempts[0].usage.inputUncached == 3 && record.attempts[0].usageSource == .provider)
        }
    }

    @Test func readsOnWhatWasHeldBackForASlowClient() async throws {
        // More than the sockets between hold: the gateway has stopped reading when the client leaves.
        let large = Fixture.event.replacing("\"x\"", with: "\"\(String(repeating: "x", count: 1 << 20))\"")
        let script: @Sendable (Int) -> [ScriptedUpstream.Act] = { _ in
            [.send(Fixture.streamHead)] + Array(repeating: .send(Fixture.chunk(large)), count: 24)
                + [.send(Fixture.chunk(Self.usage + Fixture.lastEvents) + "0\r\n\r\n")]
        }
        try await Fixture.withGateway(onDisconnect: .drain(Self.hour), script: script) { gateway, upstream in
            try await askAndLeave(gateway, upstream, Fixture.streamedChat, after: "data: ")
            let record = await record(gateway, of: 2)
            #expect(record.outcome == .clientClosed && record.attempts[0].usage.output == 5)
        }
    }

    @Test(arguments: [Fixture.chat, Fixture.streamedChat]) func closesTheUpstreamWhenTheTimeToDrainIsOver(
        _ body: String
    ) async throws {
        let acts: [ScriptedUpstream.Act] =
            body == Fixture.chat ? [.hold] : [.send(Fixture.streamHead + Fixture.chunk(Fixture.event)), .hold]
        try await Fixture.withGateway(onDisconnect: .drain(50_000_000), script: { _ in acts }) { gateway, upstream in
            try await askAndLeave(gateway, upstream, body)
            await upstream.waitForClose()
            let record = await record(gateway, of: 2)
            #expect(record.outcome == .clientClosed && record.attempts.count == 1)
        }
    }

    @Test func saysThatTheUpstreamFailedWhileItWasReadOn() async throws {
        let script: @Sendable (Int) -> [ScriptedUpstream.Act] = { _ in [.hold, .close] }
        try await Fixture.withGateway(onDisconnect: .drain(Self.hour), script: script) { gateway, upstream in
            try await askAndLeave(gateway, upstream, Fixture.chat)
            upstream.proceed()
            let record = await record(gateway, of: 2)
            #expect(record.outcome == .clientClosed && record.attempts[0].errorCode == .upstreamError)
            #expect(record.attempts[0].usageSource == .none)
        }
    }

    @Test func doesNotTryAgainForAClientThatHasLeft() async throws {
        let script: @Sendable (Int) -> [ScriptedUpstream.Act] = { number in
            number == 0 ? [.send(Fixture.completion)] : [.hold, .close]
        }
        try await Fixture.withGateway(onDisconnect: .drain(Self.hour), script: script) { gateway, upstream in
            _ = try await Fixture.ask(gateway)
            try await RawClient.withConnection(port: gateway.port) { _, outbound in
                try await outbound.write(ByteBuffer(string: Fixture.post(Fixture.chat)))
                await upstream.waitForRequests(2)
            }
            try await Fixture.settle(gateway)
            upstream.proceed()
            let records = await gateway.records.wait(for: 3)
            #expect(records.contains { $0.outcome == .clientClosed && $0.attempts.count == 1 })
            #expect(upstream.requests.count == 2)
        }
    }

    @Test func drainsNoLongerThanTheGatewayRuns() async throws {
        let upstream = try await ScriptedUpstream.start { _ in [.hold] }
        let gateway = try await TestGateway.start(
            Fixture.snapshot(upstreamPort: upstream.port, onDisconnect: .drain(Self.hour)))
        try await askAndLeave(gateway, upstream, Fixture.chat)
        try await gateway.stop(drainSeconds: 0)
        await upstream.waitForClose()
        await upstream.stop()
    }

    // MARK: Cancel

    @Test(arguments: [Fixture.chat, Fixture.streamedChat]) func closesTheUpstreamAtOnceWhileItsHeadIsWaitedFor(
        _ body: String
    ) async throws {
        try await Fixture.withGateway(script: { _ in [.hold] }) { gateway, upstream in
            try await askAndLeave(gateway, upstream, body)
            await upstream.waitForClose()
            let record = await record(gateway, of: 2)
            #expect(record.outcome == .clientClosed && record.attempts.count == 1 && record.status == 0)
        }
    }

    @Test func closesATLSUpstreamToo() async throws {
        let certificates = try TestCertificates()
        let upstream = try await ScriptedUpstream.start(
            tls: TestCertificates.serverContext(certificates.issue("IP:127.0.0.1"))
        ) { _ in [.send(Fixture.streamHead + Fixture.chunk(Fixture.event)), .hold] }
        let provider = Provider(
            name: "up", kind: .openAI, origin: Origin(isTLS: true, host: "127.0.0.1", port: upstream.port),
            basePath: "/v1", certificateAuthorities: certificates.authority)
        try await Fixture.withGateway(Fixture.snapshot(provider)) { gateway in
            try await askAndLeave(gateway, upstream, Fixture.streamedChat, after: Fixture.event)
            await upstream.waitForClose()
        }
        await upstream.stop()
    }

    @Test func givesUpWaitingForAConnection() async throws {
        let upstream = try await ScriptedUpstream.start {
            ($0 == 0 ? [.hold] : []) + [.send(Fixture.completion)]
        }
        let snapshot = Fixture.snapshot(upstreamPort: upstream.port, connectionsMax: 1)
        try await Fixture.withGateway(snapshot) { gateway in
            async let first = Fixture.ask(gateway)
            await upstream.waitForRequests(1)
            try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
                try await Fixture.begin(Fixture.chat, &inbound, outbound)
                try await Fixture.settle(gateway)
            }
            let records = await gateway.records.wait(for: 3)
            #expect(records.contains { $0.outcome == .clientClosed && $0.attempts.first?.status == 0 })
            async let third = Fixture.ask(gateway)
            try await Fixture.settle(gateway)
            upstream.proceed()
            let answers = try await [first, third]
            #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200 OK") })
            #expect(upstream.requests.count == 2 && upstream.connections == 1)
        }
        await upstream.stop()
    }
}
