import Core
import Plan
import TestKit
import Testing
import Wire

@testable import Proxy

/// Upstreams behind an HTTP proxy.
@Suite struct HTTPProxyTests {
    private static let authorization = Secret("Basic dXNlcjpwYXNz")

    private func provider(
        _ origin: Origin, proxyPort: Int, authorization: Secret? = authorization, authority: [UInt8]? = nil,
        timeouts: TimeoutOverrides = TimeoutOverrides()
    ) -> Provider {
        Provider(
            name: "up", kind: .openAI, origin: origin, basePath: "/v1",
            credentials: [.init(secret: Secret("sk-upstream"))], certificateAuthorities: authority,
            proxy: .init(host: "127.0.0.1", port: proxyPort, authorization: authorization), timeouts: timeouts)
    }

    /// Asks a gateway whose provider is behind a proxy of this conduct.
    private func ask(
        _ conduct: TestProxy.Conduct, origin: Origin = Origin(isTLS: false, host: "api.example", port: 8443),
        authorization: Secret? = authorization, authority: [UInt8]? = nil,
        timeouts: TimeoutOverrides = TimeoutOverrides()
    ) async throws -> (answer: String, record: ExchangeRecord, proxy: TestProxy) {
        let proxy = try await TestProxy.start(conduct)
        let provider = provider(
            origin, proxyPort: proxy.port, authorization: authorization, authority: authority, timeouts: timeouts)
        nonisolated(unsafe) var result: (String, ExchangeRecord)!
        try await Fixture.withGateway(Fixture.snapshot(provider)) { gateway in
            let answer = try await Fixture.ask(gateway)
            result = (answer, await gateway.records.wait(for: 1)[0])
        }
        await proxy.stop()
        return (result.0, result.1, proxy)
    }

    @Test func tunnelsWithTheProxysOwnCredential() async throws {
        let upstream = try await ScriptedUpstream.start { _ in [.send(Fixture.completion)] }
        let (answer, record, proxy) = try await ask(.tunnel(to: upstream.port))
        #expect(answer.hasPrefix("HTTP/1.1 200 OK") && record.outcome == .ok)
        #expect(
            proxy.heads == [
                "CONNECT api.example:8443 HTTP/1.1\r\nhost: api.example:8443\r\n"
                    + "proxy-authorization: Basic dXNlcjpwYXNz\r\n\r\n"
            ])
        #expect(upstream.requests[0].contains("host: api.example:8443\r\n"))
        #expect(!upstream.requests[0].lowercased().contains("proxy-"))
        await upstream.stop()
    }

    @Test func putsAnIPv6AddressInBrackets() async throws {
        let upstream = try await ScriptedUpstream.start { _ in [.send(Fixture.completion)] }
        let origin = Origin(isTLS: false, host: "fd00::5", port: 80)
        let (answer, _, proxy) = try await ask(.tunnel(to: upstream.port), origin: origin, authorization: nil)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        #expect(proxy.heads == ["CONNECT [fd00::5]:80 HTTP/1.1\r\nhost: [fd00::5]:80\r\n\r\n"])
        await upstream.stop()
    }

    @Test(arguments: [
        ["HTTP/1.1 200 Connection established\r\n", "proxy-agent: x\r\n", "\r\n"],
        "HTTP/1.1 200 OK\r\nvia: 1.1 x\r\n\r\n".map { $0 == "\r\n" ? "\r\n" : String($0) },
        ["HTTP/1.0 200 OK\r\n\r\n"], ["HTTP/1.1 204 No Content\r\n\r\n"],
        ["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"], ["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"],
        ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"],
        ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"],
    ]) func understandsTheProxysReplyHoweverItComes(_ reply: [String]) async throws {
        let upstream = try await ScriptedUpstream.start { _ in [.send(Fixture.completion)] }
        let (answer, _, _) = try await ask(.tunnel(to: upstream.port, reply: reply))
        #expect(answer.hasPrefix("HTTP/1.1 200 OK"), "\(answer)")
        await upstream.stop()
    }

    @Test func speaksTLSThroughTheTunnelAndReusesIt() async throws {
        let certificates = try TestCertificates()
        let upstream = try await ScriptedUpstream.start(
            tls: TestCertificates.serverContext(certificates.issue("DNS:api.example"))
        ) { _ in [.send(Fixture.completion)] }
        let proxy = try await TestProxy.start(.tunnel(to: upstream.port))
        let provider = provider(
            Origin(isTLS: true, host: "api.example", port: 443), proxyPort: proxy.port,
            authority: certificates.authority)
        try await Fixture.withGateway(Fixture.snapshot(provider)) { gateway in
            for _ in 0..<2 {
                let answer = try await Fixture.ask(gateway)
                #expect(answer.hasPrefix("HTTP/1.1 200 OK"), "\(answer)")
            }
        }
        #expect(proxy.heads.count == 1 && proxy.heads[0].hasPrefix("CONNECT api.example:443 HTTP/1.1\r\n"))
        #expect(upstream.requests.count == 2 && upstream.requests[0].contains("authorization: Bearer sk-upstream"))
        // The proxy sees no more than it needs.
        #expect(!proxy.heads[0].contains("sk-upstream") && !proxy.tunnelled.contains("sk-upstream"))
        await proxy.stop()
        await upstream.stop()
    }

    @Test(arguments: [("10.1.2.3", "IP:10.1.2.3"), ("fd00::5", "IP:fd00::5"), ("a.api.example", "DNS:*.api.example")])
    func comparesTheCertificateWithTheServerAndNotWithTheProxy(_ host: String, _ names: String) async throws {
        let certificates = try TestCertificates()
        let upstream = try await ScriptedUpstream.start(
            tls: TestCertificates.serverContext(certificates.issue(names))
        ) { _ in [.send(Fixture.completion)] }
        let (answer, _, _) = try await ask(
            .tunnel(to: upstream.port), origin: Origin(isTLS: true, host: host, port: 443),
            authority: certificates.authority)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK"), "\(answer)")
        await upstream.stop()
    }

    @Test(arguments: ["api.example", "10.1.2.3"])
    func trustsNoOtherServerBehindTheProxy(_ host: String) async throws {
        let certificates = try TestCertificates()
        let upstream = try await ScriptedUpstream.start(
            tls: TestCertificates.serverContext(certificates.issue("DNS:other.example,IP:127.0.0.1"))
        ) { _ in [.send(Fixture.completion)] }
        let (answer, _, _) = try await ask(
            .tunnel(to: upstream.port), origin: Origin(isTLS: true, host: host, port: 443),
            authority: certificates.authority)
        #expect(answer.hasPrefix("HTTP/1.1 502 ") && answer.contains("another name"))
        #expect(upstream.bytes == 0)
        await upstream.stop()
    }

    @Test(arguments: [
        (
            TestProxy.Conduct.answer(
                "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm=\"secret\"\r\n"
                    + "content-length: 2\r\n\r\nno"), "status 407"
        ),
        (.answer("HTTP/1.1 502 Bad Gateway\r\nx-internal: secret\r\ncontent-length: 0\r\n\r\n"), "status 502"),
        (.answer("garbage\r\n\r\n"), "no usable answer to CONNECT"), (.close, "no usable answer to CONNECT"),
        (.silence, "longer than the connect timeout"),
    ]) func saysWhyTheProxyWasOfNoUse(_ conduct: TestProxy.Conduct, _ explanation: String) async throws {
        var timeouts = TimeoutOverrides()
        if case .silence = conduct { timeouts.connect = 100_000_000 }
        let (answer, record, _) = try await ask(conduct, timeouts: timeouts)
        #expect(answer.hasPrefix("HTTP/1.1 502 ") && answer.contains("x-headgate-error: upstream_unreachable"))
        #expect(answer.contains(explanation), "\(answer)")
        #expect(!answer.contains("secret") && !answer.contains("dXNlcjpwYXNz"))
        #expect(record.errorCode == .upstreamUnreachable)
    }

    @Test func asksNoProxyForAForbiddenAddress() async throws {
        let origin = Origin(isTLS: false, host: "169.254.169.254", port: 80)
        let (answer, _, proxy) = try await ask(.silence, origin: origin)
        #expect(answer.hasPrefix("HTTP/1.1 502 ") && answer.contains("no upstream may have"))
        #expect(proxy.heads.isEmpty)
    }
}
