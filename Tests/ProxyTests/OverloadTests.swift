import Core
import NIOCore
import Plan
import Policy
import TestKit
import Testing
import Wire

@testable import Proxy

/// Waiting for room at a target that has shown how much it takes.
@Suite struct OverloadTests {
    private static let busy = Fixture.answer(
        #"{"error":{"message":"no slot is free"}}"#, status: "503 Service Unavailable")

    private func snapshot(
        ports: [Int], priority: PrioritySettings = PrioritySettings(), fallbacks: [Fallback] = [],
        timeouts: Timeouts = Timeouts(), keys: [Key] = [], connectionsMax: Int = 512
    ) -> Snapshot {
        let providers = ports.enumerated().map { place, port in
            Provider(
                name: "up\(place)", kind: .openAI, origin: Origin(isTLS: false, host: "127.0.0.1", port: port),
                basePath: "/v1", credentials: [.init(secret: Secret("sk-upstream"))],
                connectionsMax: connectionsMax)
        }
        return Snapshot(
            server: Fixture.settings(), access: keys.isEmpty ? .anyone : .keys, timeouts: timeouts,
            retries: Fixture.once, providers: providers,
            routes: [
                Route(
                    pattern: "m", targets: ports.indices.map { Target(provider: $0, model: "real-m") },
                    fallbacks: fallbacks)
            ], keys: keys, priority: priority)
    }

    /// Makes the first target show that there is room for one call: three of four that it gets at a time are refused.
    private func learn(_ gateway: TestGateway) async throws {
        for _ in 0..<4 { _ = try await Fixture.ask(gateway) }
        let target = try #require(await gateway.dataPlane.load().targets.first)
        #expect(target.limit == 1 && target.inFlight == 0)
    }

    /// Waits on what the data plane says of itself.
    private func until(
        _ gateway: TestGateway, _ what: String, _ holds: (PlaneLoad.Target) -> Bool
    ) async throws {
        for _ in 0..<1_000_000 {
            if let target = await gateway.dataPlane.load().targets.first, holds(target) { return }
            await Task.yield()
        }
        Issue.record("waited in vain for \(what)")
    }

    private func waiting(_ target: PlaneLoad.Target) -> Int { target.waiting.reduce(0) { $0 + $1.count } }

    /// A gateway whose only target takes one call at a time and holds the first one until it is let go.
    private func withBusyTarget(
        priority: PrioritySettings = PrioritySettings(), fallbacks: [Fallback] = [], timeouts: Timeouts = Timeouts(),
        loops: Int = 1, keys: [Key] = [], connectionsMax: Int = 512,
        _ body: (TestGateway, ScriptedUpstream) async throws -> Void
    ) async throws {
        let upstream = try await ScriptedUpstream.start { number in
            switch number {
            case 0..<4: [.send(Self.busy)]
            case 4: [.hold, .send(Fixture.completion)]
            default: [.send(Fixture.completion)]
            }
        }
        let snapshot = snapshot(
            ports: [upstream.port], priority: priority, fallbacks: fallbacks, timeouts: timeouts, keys: keys,
            connectionsMax: connectionsMax)
        try await Fixture.withGateway(snapshot, loops: loops) { gateway in
            if keys.isEmpty { try await learn(gateway) }
            try await body(gateway, upstream)
        }
        await upstream.stop()
    }

    private func field(_ name: String, of answer: String) -> String? {
        answer.split(separator: "\r\n").first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }

    @Test(arguments: [1, 3]) func aCallWaitsForRoomAndSaysForHowLong(loops: Int) async throws {
        try await withBusyTarget(loops: loops) { gateway, upstream in
            async let first = Fixture.ask(gateway)
            try await until(gateway, "the first call") { $0.inFlight == 1 }
            async let second = Fixture.ask(gateway)
            try await until(gateway, "the second to wait") { waiting($0) == 1 }
            // The first takes its room before its bytes are there.
            try await until(gateway, "the first to arrive") { _ in upstream.requests.count >= 5 }
            #expect(upstream.requests.count == 5)
            upstream.proceed()
            #expect(try await first.hasPrefix("HTTP/1.1 200 "))
            let answer = try await second
            #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(answer)")
            #expect(field("server-timing", of: answer)?.contains("queue;dur=") == true)
            let record = try #require(await gateway.records.wait(for: 6).last)
            #expect(record.limitsHit == ["overload"] && record.queueTime > 0)
            #expect(record.attempts.count == 1 && record.gatewayTime <= record.duration - record.queueTime)
            try await until(gateway, "all to be over") { $0.inFlight == 0 && waiting($0) == 0 && $0.ejectedFor == nil }
        }
    }

    @Test func whatWouldWaitForTooLongIsRefusedAtOnce() async throws {
        var priority = PrioritySettings()
        priority.waitMax = 50_000_000
        try await withBusyTarget(priority: priority) { gateway, upstream in
            async let first = Fixture.ask(gateway)
            try await until(gateway, "the first call") { $0.inFlight == 1 }
            let answer = try await Fixture.ask(gateway)
            #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("overloaded"), "\(answer)")
            #expect(field("retry-after", of: answer).flatMap { Int($0) } ?? 0 >= 1)
            try await until(gateway, "the first to arrive") { _ in upstream.requests.count >= 5 }
            #expect(upstream.requests.count == 5)
            #expect(await gateway.dataPlane.load().shed == ["normal": 1])
            let record = try #require(await gateway.records.wait(for: 5).last)
            #expect(record.outcome == .rejected && record.limitsHit == ["overload"] && record.attempts.isEmpty)
            upstream.proceed()
            #expect(try await first.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func aWaiterWhoseTimeIsUpIsTakenOutAndRefused() async throws {
        var timeouts = Timeouts()
        timeouts.firstToken = 1_500_000_000
        try await withBusyTarget(timeouts: timeouts) { gateway, upstream in
            async let first = Fixture.ask(gateway)
            try await until(gateway, "the first call") { $0.inFlight == 1 }
            let answer = try await Fixture.ask(gateway)
            #expect(answer.hasPrefix("HTTP/1.1 503 "), "\(answer)")
            try await until(gateway, "the queue to be empty") { waiting($0) == 0 && $0.inFlight == 1 }
            upstream.proceed()
            _ = try await first
        }
    }

    @Test func aClientThatLeavesGivesUpItsPlace() async throws {
        try await withBusyTarget { gateway, upstream in
            async let first = Fixture.ask(gateway)
            try await until(gateway, "the first call") { $0.inFlight == 1 }
            try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: Fixture.post(Fixture.chat)))
                try await until(gateway, "the second to wait") { waiting($0) == 1 }
            }
            try await until(gateway, "its place to be free") { waiting($0) == 0 }
            upstream.proceed()
            _ = try await first
            try await until(gateway, "all to be over") { $0.inFlight == 0 }
            #expect(upstream.requests.count == 5)
            #expect(await gateway.records.wait(for: 6).contains { $0.outcome == .clientClosed })
        }
    }

    @Test func anotherTargetThatHasRoomIsTaken() async throws {
        let full = try await ScriptedUpstream.start { number in
            number < 4 ? [.send(Self.busy)] : [.hold, .send(Fixture.completion)]
        }
        let free = try await ScriptedUpstream.start { _ in [.send(Fixture.completion)] }
        let targets = [Target(provider: 0, model: "a"), Target(provider: 1, model: "b", priority: 1)]
        let base = snapshot(ports: [full.port, free.port])
        let snapshot = Snapshot(
            server: base.server, access: .anyone, retries: Fixture.retries(attempts: 2), providers: base.providers,
            routes: [Route(pattern: "m", targets: targets, strategy: .priority)], keys: [])
        try await Fixture.withGateway(snapshot) { gateway in
            try await learn(gateway)
            async let first = Fixture.ask(gateway)
            try await until(gateway, "the first call") { $0.inFlight == 1 }
            for _ in 0..<3 {
                let answer = try await Fixture.ask(gateway)
                #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("x-headgate-provider: up1"), "\(answer)")
            }
            try await until(gateway, "the first to arrive") { _ in full.requests.count >= 5 }
            #expect(full.requests.count == 5)
            full.proceed()
            _ = try await first
        }
        await full.stop()
        await free.stop()
    }

    @Test(arguments: [FailureReason.unavailable, .rateLimited])
    func aFallbackAnswersWhereTheWaitWouldBeTooLong(_ reason: FailureReason) async throws {
        var priority = PrioritySettings()
        priority.waitMax = 50_000_000
        let text = try Template("busy")
        let fallback = Fallback(.template(text), reasons: [reason])
        try await withBusyTarget(priority: priority, fallbacks: [fallback]) { gateway, upstream in
            async let first = Fixture.ask(gateway)
            try await until(gateway, "the first call") { $0.inFlight == 1 }
            let answer = try await Fixture.ask(gateway)
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("x-headgate-fallback: template"), "\(answer)")
            upstream.proceed()
            _ = try await first
        }
    }

    @Test func theMoreImportantCallIsServedFirst() async throws {
        // On two connections, the one that is sent first need not be read first.
        try await withBusyTarget(connectionsMax: 1) { gateway, upstream in
            func ask(_ name: String) async throws -> String {
                try await RawClient.exchange(
                    port: gateway.port,
                    Fixture.post(
                        #"{"model":"m","messages":[],"user":"\#(name)"}"#,
                        fields: "connection: close\r\nx-headgate-priority: \(name)\r\n"))
            }
            async let first = Fixture.ask(gateway)
            try await until(gateway, "the first call") { $0.inFlight == 1 }
            async let batch = ask("batch")
            try await until(gateway, "one to wait") { waiting($0) == 1 }
            async let critical = ask("critical")
            try await until(gateway, "two to wait") { waiting($0) == 2 }
            upstream.proceed()
            _ = try await (first, batch, critical)
            #expect(upstream.requests.count == 7)
            #expect(upstream.requests[5].contains("critical") && upstream.requests[6].contains("batch"))
            let tags = await gateway.records.wait(for: 7).compactMap { $0.tags["priority"] }
            #expect(Set(tags) == ["critical", "batch"])
        }
    }

    @Test func anUnknownClassIsRefused() async throws {
        let upstream = try await ScriptedUpstream.start { _ in [.send(Fixture.completion)] }
        try await Fixture.withGateway(snapshot(ports: [upstream.port])) { gateway in
            let answer = try await RawClient.exchange(
                port: gateway.port,
                Fixture.post(Fixture.chat, fields: "connection: close\r\nx-headgate-priority: urgent\r\n"))
            #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("x-headgate-priority"), "\(answer)")
        }
        await upstream.stop()
    }

    @Test func bodiesThatFindNoMemoryAreRefusedAndGiveItBack() async throws {
        let upstream = try await ScriptedUpstream.start { _ in [.send(Fixture.completion)] }
        let gateway = try await TestGateway.start(snapshot(ports: [upstream.port]), memoryBytesMax: 10_000)
        let large = #"{"model":"m","messages":[],"user":"\#(String(repeating: "x", count: 20_000))"}"#
        for _ in 0..<3 {
            let refused = try await Fixture.ask(gateway, large)
            #expect(refused.hasPrefix("HTTP/1.1 503 ") && refused.contains("retry-after: 1"), "\(refused.prefix(200))")
            #expect(try await Fixture.ask(gateway).hasPrefix("HTTP/1.1 200 "))
        }
        #expect(await gateway.dataPlane.load().memory.held == 0)
        try await gateway.stop()
        await upstream.stop()
    }

    @Test func aFullTargetIsNotLeftAloneAsOneThatIsIll() {
        let health = TargetHealth(TargetName("up/m@default")!)
        let refusal = RoomEnd(
            end: .refused, wasAccepted: false, connectionsMax: 512, priority: PrioritySettings())
        func refuse() -> Bool {
            health.willSend(now: 1, hasRoom: false, isRetry: false, retryPerMillion: 0, settings: BreakerSettings())
            return health.ended(isFailure: true, room: refusal, begun: 0, now: 1, settings: BreakerSettings())
        }
        _ = health.enter()
        for _ in 0..<20 { #expect(!refuse()) }
        health.leaveUnused(now: 1, priority: PrioritySettings())
        #expect((0..<20).contains { _ in refuse() })
    }

    @Test func whatRoomCostsWhereThereIsEnough() {
        let health = TargetHealth(TargetName("up/m@default")!)
        let room = RoomEnd(
            end: .served(after: 1000), wasAccepted: false, connectionsMax: 512, priority: PrioritySettings())
        let rounds = 100_000
        let clock = ContinuousClock()
        let time = clock.measure {
            for _ in 0..<rounds {
                _ = health.enter()
                _ = health.ended(isFailure: false, room: room, begun: 0, now: 1, settings: BreakerSettings())
            }
        }
        #expect(health.status(now: 1).inFlight == 0)
        let nanoseconds = time.components.attoseconds / 1_000_000_000 / Int64(rounds)
        Attachment.record("\(nanoseconds) ns", named: "room.txt")
    }
}
