import Core
import NIOCore
import Plan
import TestKit
import Testing
import Wire

@testable import Proxy

/// Connections to upstreams: how many, for whom, and which are used again.
@Suite struct UpstreamPoolTests {
    /// Asks one after the other.
    private func ask(
        _ times: Int, script: @escaping @Sendable (Int) -> [ScriptedUpstream.Act]
    ) async throws -> (answers: [String], records: [ExchangeRecord], upstream: ScriptedUpstream) {
        nonisolated(unsafe) var result: ([String], [ExchangeRecord], ScriptedUpstream)!
        try await Fixture.withGateway(script: script) { gateway, upstream in
            var answers: [String] = []
            for _ in 0..<times { answers.append(try await Fixture.ask(gateway)) }
            result = (answers, await gateway.records.wait(for: times), upstream)
        }
        return result
    }

    /// Asks, and says when the gateway has the request.
    private func ask(_ gateway: TestGateway, _ body: String, sent: Signal) async throws -> String {
        try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
            try await Fixture.begin(body, &inbound, outbound)
            sent.send()
            return try await RawClient.read(&inbound) { $0.hasSuffix("}}") }
        }
    }

    private func isServed(_ answer: String) -> Bool { answer.hasPrefix("HTTP/1.1 200 OK") }

    // MARK: How many

    @Test func opensNoMoreConnectionsThanAllowed() async throws {
        let upstream = try await ScriptedUpstream.start { _ in [.hold, .send(Fixture.completion)] }
        try await Fixture.withGateway(Fixture.snapshot(upstreamPort: upstream.port, connectionsMax: 2)) { gateway in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<12 { group.addTask { try await Fixture.ask(gateway) } }
                await upstream.waitForRequests(2)
                try await Fixture.settle(gateway)
                #expect(upstream.connections == 2 && upstream.requests.count == 2)
                upstream.proceed()
                for try await answer in group { #expect(isServed(answer)) }
            }
            #expect(upstream.connections == 2 && upstream.requests.count == 12)
        }
        await upstream.stop()
    }

    @Test func servesThoseWhoWaitInOrder() async throws {
        let upstream = try await ScriptedUpstream.start { _ in [.hold, .send(Fixture.completion)] }
        try await Fixture.withGateway(Fixture.snapshot(upstreamPort: upstream.port, connectionsMax: 1)) { gateway in
            try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<5 {
                    let sent = Signal()
                    group.addTask { try await ask(gateway, #"{"model":"m","seed":\#(number)}"#, sent: sent) }
                    await sent.wait()
                }
                upstream.proceed()
                for try await answer in group { #expect(isServed(answer)) }
            }
            let order = upstream.requests.map { $0.split(separator: "\"seed\":")[1].prefix(1) }
            #expect(order == ["0", "1", "2", "3", "4"])
        }
        await upstream.stop()
    }

    @Test func aWaiterWhoseTimeIsUpTakesNoneOfTheNextOnesTime() async throws {
        let upstream = try await ScriptedUpstream.start { $0 == 0 ? [.hold, .close] : [.send(Fixture.completion)] }
        let provider = Provider(
            name: "up", kind: .openAI, origin: Origin(isTLS: false, host: "127.0.0.1", port: upstream.port),
            basePath: "/v1", connectionsMax: 1)
        var short = TimeoutOverrides()
        short.connect = 50_000_000
        let target = Target(provider: 0, model: nil)
        let snapshot = Snapshot(
            server: Fixture.settings(), access: .anyone, retries: Fixture.once, providers: [provider],
            routes: [
                Route(pattern: "m", targets: [target]), Route(pattern: "short", targets: [target], timeouts: short),
            ], keys: [])
        try await Fixture.withGateway(snapshot) { gateway in
            async let first = Fixture.ask(gateway)
            await upstream.waitForRequests(1)
            async let impatient = Fixture.ask(gateway, #"{"model":"short"}"#)
            let sent = Signal()
            async let patient = ask(gateway, Fixture.chat, sent: sent)
            await sent.wait()
            let refused = try await impatient
            #expect(refused.hasPrefix("HTTP/1.1 502 ") && refused.contains("longer than the connect timeout"))
            upstream.proceed()
            let (failed, served) = (try await first, try await patient)
            #expect(failed.hasPrefix("HTTP/1.1 502 ") && isServed(served), "\(served)")
        }
        await upstream.stop()
    }

    // MARK: Which are used again

    @Test func usesAConnectionAgain() async throws {
        let (answers, _, upstream) = try await ask(3) { _ in [.send(Fixture.completion)] }
        #expect(answers.allSatisfy(isServed) && upstream.connections == 1)
    }

    @Test(arguments: [
        Fixture.completion.replacing("200 OK\r\n", with: "200 OK\r\nconnection: close\r\n"),
        Fixture.completion.replacing("200 OK\r\n", with: "200 OK\r\nconnection: x, Close\r\n"),
        Fixture.completion.replacing("HTTP/1.1", with: "HTTP/1.0"),
        Fixture.completion + "HTTP/1.1 200 OK\r\n", Fixture.completion + "\r\nx",
    ]) func usesNoConnectionAgainThatCannotBeTrusted(_ answer: String) async throws {
        let (answers, _, upstream) = try await ask(2) { _ in [.send(answer)] }
        #expect(answers.allSatisfy(isServed) && upstream.connections == 2 && upstream.requests.count == 2)
    }

    @Test func closesAnIdleConnectionOnWhichBytesArriveUnasked() async throws {
        let stray = Fixture.answer(#"{"choices":[],"stray":true}"#)
        let script: @Sendable (Int) -> [ScriptedUpstream.Act] = {
            $0 == 0 ? [.send(Fixture.completion), .hold, .send(stray)] : [.send(Fixture.completion)]
        }
        try await Fixture.withGateway(script: script) { gateway, upstream in
            let first = try await Fixture.ask(gateway)
            upstream.proceed()
            await upstream.waitForClose()
            let second = try await Fixture.ask(gateway)
            #expect(isServed(first) && isServed(second) && !second.contains("stray") && upstream.connections == 2)
        }
    }

    // MARK: When one dies

    @Test func makesRoomForAFreshConnectionWhereAllAreUsedOnes() async throws {
        // The second call dies on the only connection while a third waits or is about to: either may get the slot first.
        let upstream = try await ScriptedUpstream.start { $0 == 1 ? [.hold, .close] : [.send(Fixture.completion)] }
        try await Fixture.withGateway(Fixture.snapshot(upstreamPort: upstream.port, connectionsMax: 1)) { gateway in
            let first = try await Fixture.ask(gateway)
            async let second = Fixture.ask(gateway)
            await upstream.waitForRequests(2)
            let sent = Signal()
            async let third = ask(gateway, Fixture.chat, sent: sent)
            await sent.wait()
            upstream.proceed()
            let answers = [first, try await second, try await third]
            #expect(answers.allSatisfy(isServed) && upstream.requests.count == 4)
            #expect((2...3).contains(upstream.connections))
        }
        await upstream.stop()
    }

    @Test func triesNoThirdTime() async throws {
        let (answers, records, upstream) = try await ask(2) { $0 == 0 ? [.send(Fixture.completion)] : [.close] }
        #expect(answers[1].hasPrefix("HTTP/1.1 502 ") && answers[1].contains("x-headgate-attempts: 2"))
        #expect(records[1].attempts.map(\.errorCode) == [.upstreamError, .upstreamError])
        #expect(upstream.requests.count == 3 && upstream.connections == 2)
    }

    @Test(arguments: ["H", "HTTP/1.1 200 OK\r\n", "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"])
    func doesNotTryAgainWhenAByteHasCome(_ bytes: String) async throws {
        let (answers, records, upstream) = try await ask(2) {
            $0 == 0 ? [.send(Fixture.completion)] : [.send(bytes), .close]
        }
        #expect(answers[1].hasPrefix("HTTP/1.1 502 "))
        #expect(records[1].attempts.count == 1 && upstream.requests.count == 2)
    }

    @Test func followsNoRedirect() async throws {
        let redirect = "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
        try await Fixture.withGateway(script: { _ in [.send(redirect)] }) { gateway, upstream in
            let request = "GET /providers/up/x HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
            let passed = try await RawClient.exchange(port: gateway.port, request)
            #expect(passed.hasPrefix("HTTP/1.1 307 ") && passed.contains("location: http://127.0.0.1:1/"))
            let answer = try await Fixture.ask(gateway)
            #expect(answer.hasPrefix("HTTP/1.1 502 ") && upstream.requests.count == 2)
        }
    }
}
