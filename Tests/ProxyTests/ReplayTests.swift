import Core
import NIOCore
import Plan
import TestKit
import Testing
import Wire

@testable import Proxy

/// Answers that a client asks for a second time.
@Suite struct ReplayTests {
    private func ask(
        _ gateway: TestGateway, _ body: String = Fixture.chat, _ fields: String
    ) async throws -> String {
        try await RawClient.exchange(
            port: gateway.port, Fixture.post(body, fields: "connection: close\r\n\(fields)\r\n"))
    }

    private static let stream =
        Fixture.streamHead + Fixture.chunk(Fixture.event) + Fixture.chunk(Fixture.lastEvents) + "0\r\n\r\n"

    @Test(arguments: [(Fixture.chat, Fixture.completion), (Fixture.streamedChat, stream)])
    func theSameKeyAndBodyHaveTheFirstAnswer(_ body: String, _ answer: String) async throws {
        try await Fixture.withGateway(script: { _ in [.send(answer)] }) { gateway, upstream in
            let first = try await ask(gateway, body, "idempotency-key: a")
            let second = try await ask(gateway, body, "idempotency-key: a")
            #expect(second.hasPrefix("HTTP/1.1 200 ") && upstream.requests.count == 1)
            let bodies = [first, second].map { $0.split(separator: "\r\n\r\n", maxSplits: 1)[1] }
            let texts = bodies.map { $0.contains("\"hi\"") || $0.contains(Fixture.event) && $0.contains("[DONE]") }
            #expect(texts == [true, true], "\(second)")
            let records = await gateway.records.wait(for: 2)
            #expect(records[1].cache == "replay" && records[1].attempts.isEmpty && records[1].outcome == .ok)
            _ = try await ask(gateway, body, "idempotency-key: b")
            #expect(upstream.requests.count == 2)
        }
    }

    @Test func theSameKeyForAnotherRequestIsRefused() async throws {
        try await Fixture.withGateway(script: { _ in [.send(Fixture.completion)] }) { gateway, upstream in
            _ = try await ask(gateway, "idempotency-key: a")
            let answer = try await ask(gateway, #"{"model":"m","messages":[{}]}"#, "idempotency-key: a")
            #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("idempotency-key"), "\(answer)")
            #expect(upstream.requests.count == 1)
        }
    }

    @Test func aSecondCallJoinsTheOneThatRuns() async throws {
        try await Fixture.withGateway(script: { _ in [.hold, .send(Fixture.completion)] }) { gateway, upstream in
            async let first = ask(gateway, "idempotency-key: a")
            await upstream.waitForRequests(1)
            async let second = ask(gateway, "idempotency-key: a")
            try await Fixture.settle(gateway)
            upstream.proceed()
            let answers = try await [first, second]
            #expect(answers.allSatisfy { $0.contains("\"hi\"") } && upstream.requests.count == 1)
        }
    }

    @Test func aTextThatStoodInIsNotTheAnswer() async throws {
        let error = Fixture.answer(#"{"error":{}}"#, status: "500 No")
        let upstream = try await ScriptedUpstream.start { [.send($0 == 0 ? error : Fixture.completion)] }
        let provider = Provider(
            name: "up", kind: .openAI, origin: Origin(isTLS: false, host: "127.0.0.1", port: upstream.port),
            basePath: "/v1")
        let snapshot = Snapshot(
            server: Fixture.settings(), access: .anyone, retries: Fixture.once, providers: [provider],
            routes: [
                Route(
                    pattern: "m", targets: [Target(provider: 0, model: nil)],
                    fallbacks: [Fallback(.template(try Template("busy")))])
            ], keys: [])
        try await Fixture.withGateway(snapshot) { gateway in
            let first = try await ask(gateway, "idempotency-key: a")
            let second = try await ask(gateway, "idempotency-key: a")
            #expect(first.contains("busy") && second.contains("\"hi\""), "\(second)")
        }
        await upstream.stop()
    }

    @Test func whatPassesUnreadIsNotKept() async throws {
        let sound = "HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ncontent-length: 3\r\n\r\nabc"
        try await Fixture.withGateway(script: { _ in [.send(sound)] }) { gateway, upstream in
            let request = Fixture.post(
                #"{"model":"m","input":"a","voice":"b"}"#, path: "/v1/audio/speech",
                fields: "connection: close\r\nidempotency-key: a\r\n")
            for _ in 0..<2 {
                let answer = try await RawClient.exchange(port: gateway.port, request)
                #expect(answer.hasSuffix("abc"), "\(answer)")
            }
            #expect(upstream.requests.count == 2)
        }
    }

    @Test func whatFailedIsTriedAgain() async throws {
        let error = Fixture.answer(#"{"error":{}}"#, status: "500 No")
        try await Fixture.withGateway(script: { [.send($0 == 0 ? error : Fixture.completion)] }) { gateway, _ in
            let first = try await ask(gateway, "idempotency-key: a")
            let second = try await ask(gateway, "idempotency-key: a")
            #expect(first.hasPrefix("HTTP/1.1 500 ") && second.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func theOneThatJoinedTakesOverWhenTheFirstLeaves() async throws {
        let script: @Sendable (Int) -> [ScriptedUpstream.Act] = { number in
            number == 0 ? [.hold] : [.send(Fixture.completion)]
        }
        try await Fixture.withGateway(script: script) { gateway, upstream in
            let request = Fixture.post(Fixture.chat, fields: "connection: close\r\nidempotency-key: a\r\n")
            let answer = try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
                try await RawClient.withConnection(port: gateway.port) { _, first in
                    try await first.write(ByteBuffer(string: request))
                    await upstream.waitForRequests(1)
                    try await outbound.write(ByteBuffer(string: request))
                    try await Fixture.settle(gateway)
                }
                // The first has left; nobody has answered the second yet.
                return try await RawClient.read(&inbound)
            }
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && upstream.requests.count == 2, "\(answer)")
        }
    }

    @Test func aStreamThatTheClientLostGoesOnWhereItStopped() async throws {
        let acts: [ScriptedUpstream.Act] = [
            .send(Fixture.streamHead + Fixture.chunk(Fixture.event)), .hold,
            .send(Fixture.chunk(Fixture.event.replacing("\"x\"", with: "\"y\"") + Fixture.lastEvents) + "0\r\n\r\n"),
        ]
        try await Fixture.withGateway(script: { _ in acts }) { gateway, upstream in
            let begun = try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
                try await outbound.write(
                    ByteBuffer(string: Fixture.post(Fixture.streamedChat, fields: "x-headgate-resumable: true\r\n")))
                return try await RawClient.read(&inbound) { $0.contains("\"x\"") }
            }
            let last = try #require(begun.matches(of: /id: ([0-9a-f-]+-1)\n/).first.map { String($0.1) })
            async let rest = ask(gateway, Fixture.streamedChat, "last-event-id: \(last)")
            try await Fixture.settle(gateway)
            upstream.proceed()
            let answer = try await rest
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && !answer.contains("\"x\""), "\(answer)")
            #expect(answer.contains("\"y\"") && answer.contains("[DONE]") && answer.contains("-2\n"))
            #expect(!answer.contains("stream_interrupted"))
            #expect(upstream.requests.count == 1)
            let again = try await ask(gateway, Fixture.streamedChat, "last-event-id: \(last.dropLast())0")
            #expect(again.contains("\"x\"") && again.contains("\"y\""))
            for strange in ["other-1", "\(last)00", "-", "\(last.dropLast(2))"] {
                let unknown = try await ask(gateway, Fixture.streamedChat, "last-event-id: \(strange)")
                #expect(!unknown.hasPrefix("HTTP/1.1 200 ") || unknown.contains("[DONE]"), "\(strange): \(unknown)")
            }
        }
    }
}

extension ReplayTests {
    private func ask(_ gateway: TestGateway, _ fields: String) async throws -> String {
        try await ask(gateway, Fixture.chat, fields)
    }
}

@Suite struct AnswerJournalTests {
    @Test func keepsNoMoreThanItHasRoomFor() {
        let journals = AnswerJournals()
        for number in 0..<100 {
            let name = AnswerJournals.Name(owner: "k", text: "\(number)")
            guard case .lead(let journal) = journals.enter(name, request: nil, now: 0) else { continue }
            journal.begin(contentType: "text/plain", isStream: false)
            journal.append(ByteBuffer(repeating: 1, count: Limits.journalBytesMax))
            journals.ended(name, journal, isWhole: true, now: 0)
        }
        let kept = (0..<100).filter { journals.journal(.init(owner: "k", text: "\($0)"), now: 0) != nil }
        #expect(kept == Array(36..<100))
        #expect(journals.journal(.init(owner: "other", text: "99"), now: 0) == nil)
        #expect(journals.journal(.init(owner: "k", text: "99"), now: Limits.journalNanosecondsMax) == nil)
    }

    @Test func whatIsTooLargeIsNotKept() {
        let journals = AnswerJournals()
        let name = AnswerJournals.Name(owner: "k", text: "a")
        guard case .lead(let journal) = journals.enter(name, request: nil, now: 0) else {
            Issue.record("it was there")
            return
        }
        journal.append(ByteBuffer(repeating: 1, count: Limits.journalBytesMax + 1))
        #expect(journal.phase == .failed)
        journals.ended(name, journal, isWhole: true, now: 0)
        #expect(journals.journal(name, now: 0) == nil)
    }
}
