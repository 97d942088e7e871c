import Core
import Plan
import TestKit
import Testing
import Wire

@testable import Proxy

/// Upstreams that speak TLS, well or badly.
@Suite struct UpstreamTLSTests {
    private func provider(
        _ host: String, _ port: Int, authority: [UInt8]?, timeouts: TimeoutOverrides = TimeoutOverrides()
    ) -> Provider {
        Provider(
            name: "up", kind: .openAI, origin: Origin(isTLS: true, host: host, port: port), basePath: "/v1",
            credentials: [.init(secret: Secret("sk-upstream"))], certificateAuthorities: authority, timeouts: timeouts)
    }

    /// Asks a gateway whose upstream shows this certificate.
    private func ask(
        _ certificate: TestCertificates.Pair, host: String = "127.0.0.1", authority: [UInt8]?,
        body: String = Fixture.chat, _ script: @escaping @Sendable (Int) -> [ScriptedUpstream.Act]
    ) async throws -> (answer: String, record: ExchangeRecord, upstream: ScriptedUpstream) {
        let upstream = try await ScriptedUpstream.start(
            tls: TestCertificates.serverContext(certificate), script: script)
        nonisolated(unsafe) var result: (String, ExchangeRecord)!
        let snapshot = Fixture.snapshot(provider(host, upstream.port, authority: authority))
        try await Fixture.withGateway(snapshot) { gateway in
            let answer = try await Fixture.ask(gateway, body)
            result = (answer, await gateway.records.wait(for: 1)[0])
        }
        await upstream.stop()
        return (result.0, result.1, upstream)
    }

    @Test(arguments: ["127.0.0.1", "localhost"]) func trustsTheAuthorityThatTheConfigurationNames(
        _ host: String
    ) async throws {
        let certificates = try TestCertificates()
        let names = host == "localhost" ? "DNS:localhost" : "IP:127.0.0.1"
        let (answer, record, upstream) = try await ask(
            certificates.issue(names), host: host, authority: certificates.authority
        ) { _ in [.send(Fixture.completion)] }
        #expect(answer.hasPrefix("HTTP/1.1 200 OK") && record.outcome == .ok)
        #expect(upstream.requests[0].contains("host: \(host):\(upstream.port)\r\n"))
    }

    @Test func reusesATLSConnection() async throws {
        let certificates = try TestCertificates()
        let upstream = try await ScriptedUpstream.start(
            tls: TestCertificates.serverContext(certificates.issue("IP:127.0.0.1"))
        ) { _ in [.send(Fixture.completion)] }
        let snapshot = Fixture.snapshot(provider("127.0.0.1", upstream.port, authority: certificates.authority))
        try await Fixture.withGateway(snapshot) { gateway in
            for _ in 0..<3 {
                let answer = try await Fixture.ask(gateway)
                #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
            }
        }
        #expect(upstream.connections == 1 && upstream.requests.count == 3)
        await upstream.stop()
    }

    struct Distrust: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var names = "IP:127.0.0.1"
        var days = 2
        var isKnown = true
        let explanation: String
    }

    @Test(arguments: [
        Distrust(testDescription: "unknown authority", isKnown: false, explanation: "is not trusted"),
        Distrust(testDescription: "wrong address", names: "IP:127.0.0.9", explanation: "another name"),
        Distrust(testDescription: "wrong name", names: "DNS:example.com", explanation: "another name"),
        Distrust(testDescription: "expired", days: -1, explanation: "is not trusted"),
    ]) func sendsNothingToAServerThatItDoesNotTrust(_ distrust: Distrust) async throws {
        let certificates = try TestCertificates()
        let other = distrust.isKnown ? certificates : try TestCertificates()
        for authority in [other.authority, nil] where distrust.isKnown == false || authority != nil {
            let (answer, record, upstream) = try await ask(
                certificates.issue(distrust.names, days: distrust.days), authority: authority
            ) { _ in [.send(Fixture.completion)] }
            #expect(answer.hasPrefix("HTTP/1.1 502 ") && answer.contains("x-headgate-error: upstream_unreachable"))
            #expect(answer.contains(distrust.explanation), "\(answer)")
            #expect(upstream.bytes == 0 && upstream.connections == 1)
            #expect(record.attempts.count == 1 && record.errorCode == .upstreamUnreachable)
        }
    }

    @Test func checksTheNameAndNotTheAddressBehindIt() async throws {
        let certificates = try TestCertificates()
        let (answer, _, upstream) = try await ask(
            certificates.issue("IP:127.0.0.1,DNS:other.example"), host: "localhost", authority: certificates.authority
        ) { _ in [.send(Fixture.completion)] }
        #expect(answer.hasPrefix("HTTP/1.1 502 ") && answer.contains("another name"))
        #expect(upstream.bytes == 0)
    }

    @Test(arguments: ["", "no certificate", "-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n"])
    func trustsNobodyWhenTheAuthoritiesAreNone(_ authorities: String) async throws {
        let certificates = try TestCertificates()
        let (answer, _, upstream) = try await ask(
            certificates.issue("IP:127.0.0.1"), authority: Array(authorities.utf8)
        ) { _ in [.send(Fixture.completion)] }
        #expect(answer.hasPrefix("HTTP/1.1 502 ") && answer.contains("TLS failed"), "\(answer)")
        #expect(upstream.bytes == 0)
    }

    @Test func waitsForAHandshakeNoLongerThanTheConnectTimeout() async throws {
        // It takes the first words of TLS for the beginning of a request, and waits for the rest.
        let plain = try await ScriptedUpstream.start { _ in [.close] }
        var timeouts = TimeoutOverrides()
        timeouts.connect = 200_000_000
        let silent = provider("127.0.0.1", plain.port, authority: nil, timeouts: timeouts)
        try await Fixture.withGateway(Fixture.snapshot(silent)) { gateway in
            let answer = try await Fixture.ask(gateway)
            #expect(answer.hasPrefix("HTTP/1.1 502 ") && answer.contains("longer than the connect timeout"))
        }
        await plain.stop()
    }

    @Test(arguments: [false, true])
    func takesABodyWithoutALengthForWholeOnlyIfTLSWasEnded(_ isEnded: Bool) async throws {
        let certificates = try TestCertificates()
        let body = #"{"id":"1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#
        let (answer, record, _) = try await ask(certificates.issue("IP:127.0.0.1"), authority: certificates.authority) {
            _ in [.send("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n\(body)"), isEnded ? .close : .cut]
        }
        #expect(answer.hasPrefix(isEnded ? "HTTP/1.1 200 OK" : "HTTP/1.1 502 "), "\(answer)")
        #expect(record.errorCode == (isEnded ? nil : .upstreamError))
    }

    @Test(arguments: [false, true]) func takesAStreamForWholeByItsLastEvent(_ hasLastEvent: Bool) async throws {
        let certificates = try TestCertificates()
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
        let last = hasLastEvent ? Fixture.lastEvents : ""
        let upstream = try await ScriptedUpstream.start(
            tls: TestCertificates.serverContext(certificates.issue("IP:127.0.0.1"))
        ) { _ in [.send(head + Fixture.event), .hold, .send(last), .cut] }
        let snapshot = Fixture.snapshot(provider("127.0.0.1", upstream.port, authority: certificates.authority))
        try await Fixture.withGateway(snapshot) { gateway in
            let request = Fixture.post(Fixture.streamedChat, fields: "connection: close\r\n")
            let answer = try await RawClient.exchange(port: gateway.port, request) { text in
                if text.contains(Fixture.event) { upstream.proceed() }
                return false
            }
            #expect(answer.contains(Fixture.event) && answer.contains("stream_interrupted") != hasLastEvent)
            let record = await gateway.records.wait(for: 1)[0]
            #expect(record.outcome == (hasLastEvent ? .ok : .truncated))
        }
        await upstream.stop()
    }

    @Test(arguments: [
        ("api.example.com", "api.example.com", true), ("API.example.com.", "api.Example.com", true),
        ("api.example.com", "*.example.com", true), ("a.b.example.com", "*.example.com", false),
        ("example.com", "*.example.com", false), ("example.com", "*.com", false), ("localhost", "*", false),
        ("api.example.com", "a*.example.com", false), ("api.example.com", "example.com", false),
        (".example.com", "*.example.com", false), ("", "", false),
    ]) func knowsWhichNamesACertificateIsFor(_ name: String, _ pattern: String, _ fits: Bool) {
        #expect(ServerIdentity.matches(name, pattern) == fits)
    }
}
