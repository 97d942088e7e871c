import Config
import Core
import NIOCore
import Plan
import Policy
import TestKit
import Testing
import Wire

@testable import Proxy

/// Images at URLs, for a provider that wants their bytes.
@Suite struct FetchTests {
    private static let gif = "GIF89a and more"
    private static let gifText = "R0lGODlhIGFuZCBtb3Jl"
    private static let converse = Fixture.answer(
        #"{"output":{"message":{"role":"assistant","content":[{"text":"hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":3,"outputTokens":2,"totalTokens":5}}"#
    )

    private static var settings: FetchSettings {
        var settings = FetchSettings()
        settings.networks = ["127.0.0.1"].compactMap { IPNetwork($0) }
        settings.allowsPlainHTTP = true
        return settings
    }

    /// A gateway whose model `m` is served by Bedrock, and behind it by what takes URLs.
    private static func snapshot(
        _ fetch: FetchSettings?, bedrock: Int, openAI: Int? = nil, retries: RetryPolicy = Fixture.once,
        limits: LimitRules = .none, keys: [Key] = []
    ) -> Snapshot {
        var providers = [
            Provider(
                name: "aws", kind: .bedrock, origin: Origin(isTLS: false, host: "127.0.0.1", port: bedrock),
                basePath: "", credentials: [.init(secret: Secret("key"))])
        ]
        if let openAI {
            providers.append(
                Provider(
                    name: "oa", kind: .openAI, origin: Origin(isTLS: false, host: "127.0.0.1", port: openAI),
                    basePath: "/v1", credentials: [.init(secret: Secret("key"))]))
        }
        let targets = providers.indices.map { Target(provider: $0, model: "up", priority: $0) }
        return Snapshot(
            server: Fixture.settings(), access: keys.isEmpty ? .anyone : .keys, retries: retries, providers: providers,
            routes: [Route(pattern: "m", targets: targets, strategy: .priority)], keys: keys, limits: limits,
            fetch: fetch)
    }

    private static func chat(_ urls: String...) -> String { chat(urls) }

    private static func chat(_ urls: [String]) -> String {
        let parts = urls.map { #"{"type":"image_url","image_url":{"url":"\#($0)"}}"# }
        return #"{"model":"m","messages":[{"role":"user","content":[\#(parts.joined(separator: ","))]}]}"#
    }

    /// What came of one request.
    private struct Outcome {
        let answer: String
        let record: ExchangeRecord
        let asked: [String]
        let files: ScriptedUpstream
    }

    /// Asks for an image of a server that answers so.
    private func ask(
        _ fetch: FetchSettings? = settings, files: [ScriptedUpstream.Act],
        url: (Int) -> String = { "http://127.0.0.1:\($0)/a" }, retries: RetryPolicy = Fixture.once,
        bedrock: @escaping @Sendable (Int) -> [ScriptedUpstream.Act] = { _ in [.send(converse)] }
    ) async throws -> Outcome {
        let server = try await ScriptedUpstream.start { _ in files }
        let upstream = try await ScriptedUpstream.start(script: bedrock)
        nonisolated(unsafe) var outcome: Outcome!
        try await Fixture.withGateway(Self.snapshot(fetch, bedrock: upstream.port, retries: retries)) { gateway in
            let answer = try await Fixture.ask(gateway, Self.chat(url(server.port)))
            let record = await gateway.records.wait(for: 1)[0]
            outcome = Outcome(answer: answer, record: record, asked: upstream.requests, files: server)
        }
        server.proceed()
        await server.stop()
        await upstream.stop()
        return outcome
    }

    @Test func theProviderGetsTheBytes() async throws {
        let outcome = try await ask(files: [.send(Fixture.answer(Self.gif))])
        #expect(outcome.answer.hasPrefix("HTTP/1.1 200 OK"))
        #expect(outcome.asked[0].contains(#"{"image":{"format":"gif","source":{"bytes":"\#(Self.gifText)"}}}"#))
        let fetch = outcome.record.fetch
        #expect(fetch.files == 1 && fetch.failures == 0 && fetch.bytes == Self.gif.utf8.count && fetch.duration > 0)
        #expect(outcome.record.gatewayTime <= outcome.record.duration - fetch.duration)
        let kept = outcome.record.requestBody.map { String(buffer: $0) } ?? ""
        #expect(kept.contains("http://127.0.0.1") && !kept.contains(Self.gifText))
    }

    @Test func aSecondAttemptHasItAlready() async throws {
        let outcome = try await ask(files: [.send(Fixture.answer(Self.gif))], retries: Fixture.retries(attempts: 2)) {
            [.send($0 == 0 ? Fixture.answer("{}", status: "500 Internal Server Error") : Self.converse)]
        }
        #expect(outcome.answer.hasPrefix("HTTP/1.1 200 OK") && outcome.asked.count == 2)
        #expect(outcome.files.requests.count == 1 && outcome.record.fetch.files == 1)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let acts: [ScriptedUpstream.Act]
        let explanation: String
    }

    @Test(arguments: [
        Refusal(
            testDescription: "redirect",
            acts: [.send(Fixture.answer("secret", status: "302 Found", fields: "location: http://10.0.0.1/\r\n"))],
            explanation: "a redirect, which is not followed"),
        Refusal(
            testDescription: "status", acts: [.send(Fixture.answer("secret", status: "404 Not Found"))],
            explanation: "the status 404"),
        Refusal(
            testDescription: "other type", acts: [.send(Fixture.answer("%PDF-1.7 secret"))],
            explanation: "its bytes are application/pdf, where an image is wanted"),
        Refusal(
            testDescription: "no type", acts: [.send(Fixture.answer("<html>secret</html>"))],
            explanation: "of no type that is known here"),
        Refusal(testDescription: "empty", acts: [.send(Fixture.answer(""))], explanation: "of no type"),
        Refusal(
            testDescription: "type that is not allowed", acts: [.send(Fixture.answer("RIFF....WEBPsecret"))],
            explanation: "image/webp is not among the types"),
        Refusal(
            testDescription: "compressed", acts: [.send(Fixture.answer(gif, fields: "content-encoding: gzip\r\n"))],
            explanation: "compressed"),
        Refusal(
            testDescription: "broken off",
            acts: [.send("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nGIF89a secret"), .close],
            explanation: "the answer broke off"),
        Refusal(
            testDescription: "too large, as it says",
            acts: [.send("HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n"), .hold],
            explanation: "larger than the 1000 bytes of 'fetch.file_max'"),
        Refusal(
            testDescription: "too large, as it comes",
            acts: [
                .send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"),
                .send(Fixture.chunk("GIF89a" + String(repeating: "x", count: 1500))), .hold,
            ], explanation: "larger than the 1000 bytes of 'fetch.file_max'"),
        Refusal(
            testDescription: "no HTTP", acts: [.send("SSH-2.0-OpenSSH\r\n\r\n")], explanation: "could not be fetched"),
        Refusal(testDescription: "closed", acts: [.close], explanation: "it cannot be reached"),
    ]) func whatIsNoFileThatIsWantedIsRefused(_ refusal: Refusal) async throws {
        var settings = Self.settings
        settings.fileBytesMax = 1000
        settings.types = [.gif, .pdf]
        let outcome = try await ask(settings, files: refusal.acts)
        #expect(outcome.answer.hasPrefix("HTTP/1.1 400 Bad Request"), "\(outcome.answer)")
        #expect(outcome.answer.contains(refusal.explanation), "\(outcome.answer)")
        #expect(outcome.answer.contains(#""param":"messages[0].content""#) && !outcome.answer.contains("secret"))
        #expect(outcome.asked.isEmpty && outcome.record.fetch.failures == 1 && outcome.record.outcome == .rejected)
    }

    @Test func whatDoesNotComeInTimeIsGivenUp() async throws {
        var settings = Self.settings
        settings.timeout = 50_000_000
        let outcome = try await ask(settings, files: [.send("HTTP/1.1 200 OK\r\n\r\nGIF89a"), .hold])
        #expect(outcome.answer.hasPrefix("HTTP/1.1 400") && outcome.answer.contains("'fetch.timeout'"))
        #expect(outcome.record.fetch.duration >= 50_000_000)
    }

    @Test func whereItLeadsIsNotTold() async throws {
        var settings = Self.settings
        settings.networks = []
        var answers: [String] = []
        for host in ["127.0.0.1", "localhost", "no-such-name.invalid"] {
            let outcome = try await ask(settings, files: [], url: { "http://\(host):\($0)/" })
            #expect(outcome.files.connections == 0)
            answers.append(outcome.record.errorMessage?.replacing("'\(host)'", with: "it") ?? "")
        }
        #expect(Set(answers).count == 1 && answers[0].contains("it cannot be reached"), "\(answers)")
    }

    @Test(arguments: [
        ("ftp://a.example/", "no http or https URL"), ("http://me:word@a.example/", "holds a user or a password"),
        ("data:image/gif,abc", "no http or https URL"), ("http://other.example/", "'fetch.hosts'"),
    ]) func someURLsAreNotAskedFor(_ url: String, _ explanation: String) async throws {
        var settings = Self.settings
        settings.hosts = ["a.example"]
        let outcome = try await ask(settings, files: [], url: { _ in url })
        #expect(outcome.answer.hasPrefix("HTTP/1.1 400") && outcome.answer.contains(explanation), "\(outcome.answer)")
        #expect(!outcome.answer.contains("word@"))
    }

    @Test func withoutTLSItMustBeAllowed() async throws {
        var settings = Self.settings
        settings.allowsPlainHTTP = false
        let outcome = try await ask(settings, files: [])
        #expect(outcome.answer.contains("must begin with https://") && outcome.files.connections == 0)
    }

    @Test func withoutTheBlockTheAnswerSaysHowItIsSwitchedOn() async throws {
        let outcome = try await ask(nil, files: [])
        #expect(outcome.answer.hasPrefix("HTTP/1.1 400") && outcome.answer.contains("'fetch' in its configuration"))
        #expect(outcome.files.connections == 0 && outcome.record.fetch == FetchRecord())
    }

    // MARK: Several

    /// Asks for several images of a server that answers all alike.
    private func ask(
        _ settings: FetchSettings, count: Int, _ files: @escaping @Sendable (Int) -> [ScriptedUpstream.Act],
        whileWaiting body: (ScriptedUpstream) async -> Void = { _ in }
    ) async throws -> (answer: String, asked: [String]) {
        let server = try await ScriptedUpstream.start(script: files)
        let upstream = try await ScriptedUpstream.start { _ in [.send(Self.converse)] }
        nonisolated(unsafe) var answer = ""
        try await Fixture.withGateway(Self.snapshot(settings, bedrock: upstream.port)) { gateway in
            let parts = (0..<count).map {
                #"{"type":"image_url","image_url":{"url":"http://127.0.0.1:\#(server.port)/\#($0)"}}"#
            }
            let chat = #"{"model":"m","messages":[{"role":"user","content":[\#(parts.joined(separator: ","))]}]}"#
            async let asked = Fixture.ask(gateway, chat)
            await body(server)
            answer = try await asked
        }
        await server.stop()
        await upstream.stop()
        return (answer, upstream.requests)
    }

    @Test func severalAreFetchedAtOnce() async throws {
        // None is answered before all are asked for.
        let (answer, asked) = try await ask(Self.settings, count: 3) { _ in
            [.hold, .send(Fixture.answer(Self.gif))]
        } whileWaiting: { server in
            await server.waitForRequests(3)
            server.proceed()
        }
        #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        #expect(asked[0].split(separator: Self.gifText, omittingEmptySubsequences: false).count == 4)
    }

    @Test func thereIsABoundOfTheirNumber() async throws {
        var settings = Self.settings
        settings.filesMax = 2
        let (answer, asked) = try await ask(settings, count: 3) { _ in [.send(Fixture.answer(Self.gif))] }
        #expect(answer.hasPrefix("HTTP/1.1 400") && answer.contains("more than the 2 URLs of 'fetch.files_max'"))
        #expect(asked.isEmpty)
    }

    @Test func thereIsABoundOfAllTogether() async throws {
        var settings = Self.settings
        settings.requestBytesMax = 2 * Self.gif.utf8.count
        let (answer, _) = try await ask(settings, count: 3) { _ in [.send(Fixture.answer(Self.gif))] }
        #expect(answer.hasPrefix("HTTP/1.1 400") && answer.contains("'fetch.request_max'"), "\(answer)")
    }

    /// Servers of one key's choice that never answer.
    @Test func aKeyThatFetchesAllThatItMayKeepsNobodyWaiting() async throws {
        let slow = try await ScriptedUpstream.start { _ in [.hold, .send(Fixture.answer(Self.gif))] }
        let files = try await ScriptedUpstream.start { _ in [.send(Fixture.answer(Self.gif))] }
        let upstream = try await ScriptedUpstream.start { _ in [.send(Self.converse)] }
        var settings = Self.settings
        settings.filesMax = 64
        let keys = ["slow", "quick"].map { Key(id: $0, name: $0, digest: TokenDigest.of(token: "sk-\($0)")) }
        try await Fixture.withGateway(Self.snapshot(settings, bedrock: upstream.port, keys: keys)) { gateway in
            @Sendable func ask(_ key: String, _ urls: [String]) async throws -> String {
                let field = "connection: close\r\nauthorization: Bearer sk-\(key)\r\n"
                return try await RawClient.exchange(
                    port: gateway.port, Fixture.post(Self.chat(urls), fields: field))
            }
            let count = Limits.fetchesPerKeyMax + 1
            async let late = ask("slow", (0..<count).map { "http://127.0.0.1:\(slow.port)/\($0)" })
            await slow.waitForRequests(Limits.fetchesPerKeyMax)
            let answer = try await ask("quick", ["http://127.0.0.1:\(files.port)/a"])
            #expect(answer.hasPrefix("HTTP/1.1 200 OK") && slow.requests.count == Limits.fetchesPerKeyMax)
            slow.proceed()
            #expect(try await late.hasPrefix("HTTP/1.1 200 OK") && slow.requests.count == count)
        }
        for server in [slow, files, upstream] { await server.stop() }
    }

    @Test func filesAreLetGoOfOnceTheAnswerHasBegun() async throws {
        let files = try await ScriptedUpstream.start { _ in
            [.send(Fixture.answer("GIF89a" + String(repeating: "x", count: 50_000)))]
        }
        let event = #"data: {"candidates":[{"content":{"parts":[{"text":"x"}],"role":"model"}}]}"# + "\r\n\r\n"
        let upstream = try await ScriptedUpstream.start { _ in
            [.send(Fixture.streamHead + Fixture.chunk(event)), .hold, .send("0\r\n\r\n")]
        }
        let gemini = Provider(
            name: "g", kind: .gemini, origin: Origin(isTLS: false, host: "127.0.0.1", port: upstream.port),
            basePath: "", credentials: [.init(secret: Secret("key"))])
        let snapshot = Snapshot(
            server: Fixture.settings(), access: .anyone, retries: Fixture.once, providers: [gemini],
            routes: [Route(pattern: "m", targets: [Target(provider: 0, model: "gemini-2.0-flash")])], keys: [],
            fetch: Self.settings)
        try await Fixture.withGateway(snapshot) { gateway in
            let chat = Self.chat(["http://127.0.0.1:\(files.port)/a"]).dropLast() + #","stream":true}"#
            try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: Fixture.post(String(chat))))
                _ = try await RawClient.read(&inbound) { $0.contains(#""content":"x""#) }
                let held = await gateway.dataPlane.load().memory.held
                #expect(held > 0 && held < 5000)
                upstream.proceed()
                _ = try await RawClient.read(&inbound) { $0.hasSuffix("0\r\n\r\n") }
            }
            #expect(await gateway.records.wait(for: 1)[0].fetch.bytes > 50_000)
            #expect(await gateway.dataPlane.load().memory.held == 0)
        }
        await files.stop()
        await upstream.stop()
    }

    // MARK: Whom else it concerns

    /// Bedrock's Converse gives one answer, whatever the image shows.
    @Test func nothingIsFetchedForWhatIsRefusedAnyway() async throws {
        let files = try await ScriptedUpstream.start { _ in [.send(Fixture.answer(Self.gif))] }
        try await Fixture.withGateway(Self.snapshot(Self.settings, bedrock: 9)) { gateway in
            let chat = Self.chat("http://127.0.0.1:\(files.port)/a").dropLast() + #","n":2}"#
            let answer = try await RawClient.exchange(
                port: gateway.port,
                Fixture.post(String(chat), fields: "connection: close\r\nx-headgate-translation: strict\r\n"))
            #expect(answer.hasPrefix("HTTP/1.1 400") && answer.contains(#""param":"n""#), "\(answer)")
            #expect(files.connections == 0)
            #expect(await gateway.records.wait(for: 1)[0].fetch == FetchRecord())
        }
        await files.stop()
    }

    /// The one that is asked first takes URLs, so that nothing was fetched when it is late.
    @Test func whoWantsBytesIsNotAskedBesideWhoTakesURLs() async throws {
        let late = try await ScriptedUpstream.start { _ in [.hold] }
        let bedrock = try await ScriptedUpstream.start { _ in [.send(Self.converse)] }
        let other = try await ScriptedUpstream.start { _ in [.send(Fixture.completion)] }
        let kinds: [(ProviderKind, ScriptedUpstream)] = [(.openAI, late), (.bedrock, bedrock), (.openAI, other)]
        let providers = kinds.enumerated().map { place, one in
            Provider(
                name: "up\(place)", kind: one.0, origin: Origin(isTLS: false, host: "127.0.0.1", port: one.1.port),
                basePath: "", credentials: [.init(secret: Secret("key"))])
        }
        var hedge = HedgePolicy()
        (hedge.after, hedge.sharePerMillion, hedge.costPerMillion) = (10_000_000, 1_000_000, 1_000_000)
        let targets = providers.indices.map { Target(provider: $0, model: "up", priority: $0) }
        let snapshot = Snapshot(
            server: Fixture.settings(), access: .anyone, retries: Fixture.once, providers: providers,
            routes: [Route(pattern: "m", targets: targets, strategy: .priority, hedge: hedge)], keys: [],
            fetch: Self.settings)
        try await Fixture.withGateway(snapshot) { gateway in
            let answer = try await Fixture.ask(gateway, Self.chat("https://a.example/a.png"))
            #expect(answer.hasPrefix("HTTP/1.1 200 OK") && answer.contains("x-headgate-provider: up2\r\n"))
            #expect(bedrock.requests.isEmpty && other.requests.count == 1)
        }
        for upstream in [late, bedrock, other] { await upstream.stop() }
    }

    @Test(arguments: [true, false]) func claudeOnVertexGetsTheBytes(_ fetches: Bool) async throws {
        let files = try await ScriptedUpstream.start { _ in [.send(Fixture.answer(Self.gif))] }
        let upstream = try await ScriptedUpstream.start { _ in
            [
                .send(
                    Fixture.answer(
                        #"{"type":"message","role":"assistant","content":[{"type":"text","text":"hi"}],"#
                            + #""stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":2}}"#))
            ]
        }
        let vertex = Provider(
            name: "v", kind: .vertex, origin: Origin(isTLS: false, host: "127.0.0.1", port: upstream.port),
            basePath: "", credentials: [.init(secret: Secret("key"))])
        let snapshot = Snapshot(
            server: Fixture.settings(), access: .anyone, retries: Fixture.once, providers: [vertex],
            routes: [Route(pattern: "m", targets: [Target(provider: 0, model: "claude-opus-4-6")])], keys: [],
            fetch: fetches ? Self.settings : nil)
        try await Fixture.withGateway(snapshot) { gateway in
            let answer = try await Fixture.ask(gateway, Self.chat("http://127.0.0.1:\(files.port)/a"))
            if fetches {
                #expect(answer.hasPrefix("HTTP/1.1 200 OK") && upstream.requests[0].contains(Self.gifText), "\(answer)")
            } else {
                #expect(answer.hasPrefix("HTTP/1.1 400") && answer.contains(#""param":"messages[0].content""#))
            }
        }
        await files.stop()
        await upstream.stop()
    }

    @Test func anotherTargetMayTakeTheURLItself() async throws {
        let server = try await ScriptedUpstream.start { _ in [.send(Fixture.answer("", status: "404 Not Found"))] }
        let upstream = try await ScriptedUpstream.start { _ in [.send(Fixture.completion)] }
        let snapshot = Self.snapshot(
            Self.settings, bedrock: upstream.port, openAI: upstream.port, retries: Fixture.retries(attempts: 2))
        try await Fixture.withGateway(snapshot) { gateway in
            let url = "http://127.0.0.1:\(server.port)/a"
            let answer = try await Fixture.ask(gateway, Self.chat(url))
            #expect(answer.hasPrefix("HTTP/1.1 200 OK") && answer.contains("x-headgate-provider: oa\r\n"))
            #expect(upstream.requests.count == 1 && upstream.requests[0].contains(url))
        }
        await server.stop()
        await upstream.stop()
    }

    @Test func filesCountAsMemoryOfRequests() async throws {
        let server = try await ScriptedUpstream.start { _ in
            [.send(Fixture.answer("GIF89a" + String(repeating: "x", count: 5000)))]
        }
        let gateway = try await TestGateway.start(Self.snapshot(Self.settings, bedrock: 9), memoryBytesMax: 4000)
        let answer = try await Fixture.ask(gateway, Self.chat("http://127.0.0.1:\(server.port)/a"))
        #expect(answer.hasPrefix("HTTP/1.1 503") && answer.contains("no room for it now"), "\(answer)")
        _ = await gateway.records.wait(for: 1)
        #expect(await gateway.dataPlane.load().memory.held == 0)
        try await gateway.stop()
        await server.stop()
    }

    /// Otherwise a key could have the gateway ask others without an end; the provider has nothing to do with it.
    @Test(arguments: [(nil, "429"), ("aws", "400")] as [(String?, String)])
    func aCallWhoseFileDoesNotComeCounts(forProvider provider: String?, _ second: String) async throws {
        let rule = LimitRule(
            kind: .limit, name: "one", match: provider.map { [LimitCondition(.provider, $0)] } ?? [],
            rates: [
                RateLimit(id: RateLimit.ID(unit: .requests, place: 0), amount: 1, window: 86_400_000_000_000)
            ])
        let files = try await ScriptedUpstream.start { _ in
            [.send("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")]
        }
        let upstream = try await ScriptedUpstream.start { _ in [.send(Self.converse)] }
        let snapshot = Self.snapshot(Self.settings, bedrock: upstream.port, limits: LimitRules([rule]))
        try await Fixture.withGateway(snapshot) { gateway in
            let body = Self.chat("http://127.0.0.1:\(files.port)/a")
            let first = try await Fixture.ask(gateway, body)
            let next = try await Fixture.ask(gateway, body)
            #expect(first.hasPrefix("HTTP/1.1 400 ") && next.hasPrefix("HTTP/1.1 \(second) "), "\(next)")
            #expect(upstream.requests.isEmpty)
        }
        await files.stop()
        await upstream.stop()
    }

    @Test func whoLeavesIsFetchedNothingFor() async throws {
        let server = try await ScriptedUpstream.start { _ in [.hold] }
        try await Fixture.withGateway(Self.snapshot(Self.settings, bedrock: 9)) { gateway in
            try await RawClient.withConnection(port: gateway.port) { _, outbound in
                let chat = Self.chat("http://127.0.0.1:\(server.port)/a")
                try await outbound.write(ByteBuffer(string: Fixture.post(chat)))
                await server.waitForRequests(1)
            }
            await server.waitForClose()
            #expect(await gateway.records.wait(for: 1)[0].outcome == .clientClosed)
        }
        await server.stop()
    }
}
