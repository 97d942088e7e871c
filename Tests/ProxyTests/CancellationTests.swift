import Core
import Foundation
import Logging
import NIOCore
import Plan
import Policy
import TestKit
import Testing
import Wire

@testable import Proxy

/// Clients that leave at any moment of a call: at every wait of its task, sooner or later.
@Suite struct CancellationTests {
    /// Ten thousand by hand: `HEADGATE_CANCEL_ROUNDS=10000`.
    private static let rounds =
        ProcessInfo.processInfo.environment["HEADGATE_CANCEL_ROUNDS"].flatMap { Int($0) } ?? 2000

    /// A provider that stops in the middle of what it does, in as many ways as there are rounds.
    private static func acts(_ number: Int) -> [ScriptedUpstream.Act] {
        let stream = Fixture.streamHead + Fixture.chunk(Fixture.event)
        let error = Fixture.answer(#"{"error":{}}"#, status: "503 No")
        switch number % 6 {
        case 0: return [.send(Fixture.completion)]
        case 1: return [.send(stream), .send(Fixture.chunk(Fixture.lastEvents) + "0\r\n\r\n")]
        case 2: return [.send(error)]
        case 3: return [.send(stream), .close]
        case 4: return [.close]
        default: return [.send(String(Fixture.completion.prefix(40)))]
        }
    }

    @Test func whatWasSentForAClientThatLeftIsReckoned() async throws {
        try await Fixture.withGateway(script: { _ in [.hold] }) { gateway, upstream in
            let body = #"{"model":"m","messages":[{"role":"user","content":"a text of some length to be read"}]}"#
            try await RawClient.withConnection(port: gateway.port) { _, outbound in
                try await outbound.write(ByteBuffer(string: Fixture.post(body)))
                await upstream.waitForRequests(1)
            }
            let record = await gateway.records.wait(for: 1)[0]
            #expect(record.outcome == .clientClosed && record.usageSource == .estimated)
            #expect(record.usage.inputUncached >= 8 && record.usage.outputTotal == 0)
        }
    }

    @Test(.timeLimit(.minutes(3))) func nothingLeaksWhicheverMomentTheyChoose() async throws {
        let upstream = try await ScriptedUpstream.start { Self.acts($0) }
        let provider = { (name: String) in
            Provider(
                name: name, kind: .openAI, origin: Origin(isTLS: false, host: "127.0.0.1", port: upstream.port),
                basePath: "/v1")
        }
        var hedge = HedgePolicy()
        (hedge.after, hedge.sharePerMillion, hedge.costPerMillion) = (1_000_000, 1_000_000, 1_000_000)
        let targets = [Target(provider: 0, model: "a"), Target(provider: 1, model: "b")]
        let rule = LimitRule(kind: .limit, name: "at once", concurrency: 1000)
        let snapshot = Snapshot(
            server: Fixture.settings(), access: .anyone, retries: Fixture.retries(attempts: 3),
            providers: [provider("up"), provider("other")],
            routes: [
                Route(pattern: "plain", targets: targets, continuesStreams: true),
                Route(
                    pattern: "hedged", targets: targets, hedge: hedge,
                    fallbacks: [Fallback(.template(try Template("x")))]),
            ], keys: [], limits: LimitRules([rule]))
        let limiter = LimitTable(log: OperationalLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        let gateway = try await TestGateway.start(snapshot, loops: 2, limiter: limiter)
        var random = RandomSource(seed: 1)
        for round in 0..<Self.rounds {
            let model = round.isMultiple(of: 2) ? "plain" : "hedged"
            let stream = random.next().isMultiple(of: 2) ? #","stream":true"# : ""
            let request = Fixture.post(#"{"model":"\#(model)","messages":[]\#(stream)}"#)
            let (turns, sent) = (Int(random.next() % 6), Int(random.next() % 8))
            try await RawClient.withConnection(port: gateway.port) { _, outbound in
                // Some leave inside their request.
                let part = sent == 0 ? String(request.prefix(request.utf8.count / 2)) : request
                try? await outbound.write(ByteBuffer(string: part))
                for _ in 0..<turns { await Task.yield() }
            }
        }
        var load = await gateway.dataPlane.load()
        while load.inFlight > 0 || load.pools.values.contains(where: { $0.used > 0 }) {
            await Task.yield()
            load = await gateway.dataPlane.load()
        }
        #expect(load.targets.allSatisfy { $0.inFlight == 0 } && load.pools.values.allSatisfy { $0.waiting == 0 })
        let running = limiter.reports([rule], at: .current)[0].states.map(\.running)
        #expect(running.allSatisfy { $0 == 0 } && !running.isEmpty, "\(running)")
        try await gateway.stop()
        await upstream.stop()
    }
}
