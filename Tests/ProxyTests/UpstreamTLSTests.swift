import Core
import Plan
import TestKit
import Testing
import Wire

@testable import Proxy

/// Upstreams with TLS, straight and through a proxy.
@Suite struct UpstreamTLSTests {
    private static let request = Fixture.post(Fixture.chat, fields: "connection: close\r\n")

    private func ask(
        _ upstreamPort: Int, trusts authorities: [UInt8]?, host: String = "localhost", proxy: Provider.HTTPProxy? = nil,
        requests: Int = 1
    ) async throws -> (answer: String, record: ExchangeRecord) {
        let provider = Provider(
            name: "up", kind: .openAI, origin: Origin(isTLS: true, host: host, port: upstreamPort), basePath: "/v1",
            credentials: [.init(secret: Secret("sk-upstream"))], certificateAuthorities: authorities, proxy: proxy)
        let snapshot = Snapshot(
            server: Fixture.settings(), access: .anyone, providers: [provider],
            routes: [Route(pattern: "m", targets: [Target(provider: 0, model: nil)])], keys: [])
        let gateway = try await TestGateway.start(snapshot)
        var answer = ""
        for _ in 0..<requests { answer = try await RawClient.exchange(port: gateway.port, Self.request) }
        let record = await gateway.records.wait(for: requests)[requests - 1]
        try await gateway.stop()
        return (answer, record)
    }

    @Test func trustsTheAuthoritiesThatTheConfigurationNames() async throws {
        let certificate = try TestCertificate()
        let upstream = try await ScriptedUpstream.start(tls: certificate.serverContext()) { _ in
            [.send(Fixture.completion)]
        }
        let (answer, record) = try await ask(upstream.port, trusts: certificate.pem, requests: 3)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK") && record.outcome == .ok)
        #expect(upstream.connections == 1, "connections with TLS are kept too")
        await upstream.stop()
    }

    @Test(arguments: ["unknown authority", "other name"]) func sendsNothingToAServerThatCannotProveItself(
        _ flaw: String
    ) async throws {
        let certificate = try TestCertificate(for: flaw == "other name" ? "other.example" : "localhost")
        let upstream = try await ScriptedUpstream.start(tls: certificate.serverContext()) { _ in
            [.send(Fixture.completion)]
        }
        let trusted = flaw == "unknown authority" ? nil : certificate.pem
        let (answer, record) = try await ask(upstream.port, trusts: trusted)
        #expect(answer.hasPrefix("HTTP/1.1 502 ") && answer.contains("upstream_unreachable"))
        #expect(answer.contains("TLS failed") && record.errorCode == .upstreamUnreachable)
        #expect(upstream.requests.isEmpty)
        await upstream.stop()
    }

    @Test func aServerThatSpeaksNoTLSIsExplained() async throws {
        let upstream = try await ScriptedUpstream.start { _ in [.send(Fixture.completion)] }
        let (answer, _) = try await ask(upstream.port, trusts: nil)
        #expect(!answer.contains("200 OK") && !upstream.requests.contains { $0.contains("sk-upstream") })
        await upstream.stop()
    }

    @Test func aBodyThatEndsWithoutTLSsGoodbyeIsNotWhole() async throws {
        let certificate = try TestCertificate()
        let upstream = try await ScriptedUpstream.start(tls: certificate.serverContext()) { _ in
            [.send("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"choices\":[]}"), .hold]
        }
        async let asked = ask(upstream.port, trusts: certificate.pem)
        while upstream.requests.isEmpty { await Task.yield() }
        await upstream.cut()
        let (answer, record) = try await asked
        #expect(answer.hasPrefix("HTTP/1.1 502 ") && record.outcome == .error)
        await upstream.stop()
    }

    @Test func goesThroughAProxyThatSeesNothingOfTheCall() async throws {
        let certificate = try TestCertificate()
        let upstream = try await ScriptedUpstream.start(tls: certificate.serverContext()) { _ in
            [.send(Fixture.completion)]
        }
        let proxy = try await ConnectProxy.start(answer: ["HTTP/1.1 20", "0 OK\r\nx: y\r\n", "\r\n"])
        let (answer, _) = try await ask(
            upstream.port, trusts: certificate.pem,
            proxy: Provider.HTTPProxy(host: "127.0.0.1", port: proxy.port, authorization: Secret("Basic dTpw")))
        #expect(answer.hasPrefix("HTTP/1.1 200 OK"), "\(answer)")
        #expect(proxy.heads.count == 1 && proxy.heads[0].hasPrefix("CONNECT localhost:\(upstream.port) HTTP/1.1\r\n"))
        #expect(proxy.heads[0].contains("proxy-authorization: Basic dTpw"))
        #expect(!proxy.heads[0].contains("sk-upstream") && !proxy.tunnelled.contains("sk-upstream"))
        #expect(!upstream.requests[0].contains("dTpw"))
        await proxy.stop()
        await upstream.stop()
    }

    @Test func saysThatAProxyRefused() async throws {
        let proxy = try await ConnectProxy.start(answer: ["HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n"])
        let (answer, record) = try await ask(
            9, trusts: nil, proxy: Provider.HTTPProxy(host: "127.0.0.1", port: proxy.port, authorization: nil))
        #expect(answer.hasPrefix("HTTP/1.1 502 ") && answer.contains("the proxy refused"), "\(answer)")
        #expect(record.errorCode == .upstreamUnreachable)
        await proxy.stop()
    }
}
