import Core
import NIOCore
import Plan
import Policy
import TestKit
import Testing
import Wire

@testable import Proxy

/// A first target that is late, and a second one that is asked beside it.
@Suite struct HedgingTests {
    private func run(
        _ first: [ScriptedUpstream.Act], _ second: [ScriptedUpstream.Act], after: Int64 = 50_000_000,
        share: Int = 1_000_000, body: String = Fixture.chat,
        _ check: (TestGateway, ScriptedUpstream, ScriptedUpstream) async throws -> Void
    ) async throws {
        let upstreams = (
            try await ScriptedUpstream.start { _ in first }, try await ScriptedUpstream.start { _ in second }
        )
        let providers = [upstreams.0, upstreams.1].enumerated().map { place, upstream in
            Provider(
                name: "up\(place)", kind: .openAI,
                origin: Origin(isTLS: false, host: "127.0.0.1", port: upstream.port), basePath: "/v1")
        }
        var hedge = HedgePolicy()
        (hedge.after, hedge.sharePerMillion, hedge.costPerMillion) = (after, share, 1_000_000)
        let snapshot = Snapshot(
            server: Fixture.settings(), access: .anyone, retries: Fixture.once, providers: providers,
            routes: [
                Route(
                    pattern: "m",
                    targets: [
                        Target(provider: 0, model: "a", weight: 1), Target(provider: 1, model: "b", weight: 0),
                    ], hedge: hedge)
            ], keys: [])
        try await Fixture.withGateway(snapshot) { try await check($0, upstreams.0, upstreams.1) }
        await upstreams.0.stop()
        await upstreams.1.stop()
    }

    @Test(arguments: [Fixture.chat, Fixture.streamedChat]) func theFasterOneAnswersAndTheOtherIsGivenUp(
        _ body: String
    ) async throws {
        let stream = Fixture.streamHead + Fixture.chunk(Fixture.event + Fixture.lastEvents) + "0\r\n\r\n"
        let good = body == Fixture.chat ? Fixture.completion : stream
        try await run([.hold], [.send(good)]) { gateway, first, second in
            let answer = try await Fixture.ask(gateway, body)
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("x-headgate-provider: up1\r\n"), "\(answer)")
            let record = await gateway.records.wait(for: 1)[0]
            #expect(record.attempts.map(\.provider) == ["up0", "up1"] && record.outcome == .ok)
            #expect(record.attempts.allSatisfy { $0.errorCode == nil })
            await first.waitForClose()
            #expect(first.requests.count == 1 && second.requests.count == 1)
        }
    }

    @Test func theLateOneAnswersWhereTheSecondFails() async throws {
        let error = Fixture.answer(#"{"error":{}}"#, status: "500 No")
        try await run([.hold, .send(Fixture.completion)], [.send(error)]) { gateway, first, second in
            async let asked = Fixture.ask(gateway)
            await second.waitForRequests(1)
            try await Fixture.settle(gateway)
            first.proceed()
            let answer = try await asked
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("x-headgate-provider: up0\r\n"), "\(answer)")
            let record = await gateway.records.wait(for: 2).first { $0.model == "m" }
            #expect(record?.attempts.last?.provider == "up0" && record?.attempts.last?.usage.output == 2)
        }
    }

    @Test func nothingIsSentTwiceThatComesInTimeOrPastTheShare() async throws {
        try await run([.send(Fixture.completion)], [.send(Fixture.completion)], after: 60_000_000_000) {
            gateway, _, second in
            for _ in 0..<3 { _ = try await Fixture.ask(gateway) }
            #expect(second.requests.isEmpty)
        }
        try await run([.hold, .send(Fixture.completion)], [.close], share: 0) { gateway, first, second in
            async let asked = Fixture.ask(gateway)
            await first.waitForRequests(1)
            first.proceed()
            let answer = try await asked
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
            #expect(second.requests.isEmpty)
        }
    }

    @Test func aClientThatLeavesEndsBoth() async throws {
        try await run([.hold], [.hold]) { gateway, first, second in
            try await RawClient.withConnection(port: gateway.port) { _, outbound in
                try await outbound.write(ByteBuffer(string: Fixture.post(Fixture.chat)))
                await second.waitForRequests(1)
            }
            await first.waitForClose()
            await second.waitForClose()
            let record = await gateway.records.wait(for: 1)[0]
            #expect(record.outcome == .clientClosed && record.attempts.count == 2)
        }
    }
}
