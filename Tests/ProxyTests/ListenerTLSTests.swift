import Core
import NIOCore
import Plan
import TestKit
import Testing

@testable import Proxy

/// The data plane with TLS.
@Suite struct ListenerTLSTests {
    private static let health = "GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"

    private func withGateway(
        _ certificate: TestCertificate, _ body: (TestGateway, ServerSettings.TLS) async throws -> Void
    ) async throws {
        var server = Fixture.settings()
        let files = ServerSettings.TLS(certificateFile: certificate.certificateFile, keyFile: certificate.keyFile)
        server.tls = files
        try await Fixture.withGateway(server: server, script: { _ in [.send(Fixture.completion)] }) { gateway, _ in
            try await body(gateway, files)
        }
    }

    @Test func servesCallsOverTLS() async throws {
        let certificate = try TestCertificate()
        try await withGateway(certificate) { gateway, _ in
            let answer = try await RawClient.exchange(
                port: gateway.port, trust: certificate.clientContext(), Fixture.post(Fixture.chat)
            ) { $0.hasSuffix("}}") }
            #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test func plainTextOnItsPortHarmsNobody() async throws {
        let certificate = try TestCertificate()
        try await withGateway(certificate) { gateway, _ in
            #expect(try await RawClient.exchange(port: gateway.port, Self.health) == "")
            let answer = try await RawClient.exchange(
                port: gateway.port, trust: certificate.clientContext(), Self.health
            ) { $0.hasSuffix("}") }
            #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test func servesANewCertificateToNewConnectionsAndKeepsTheOldOneIfItIsBroken() async throws {
        let folder = TestCertificate.newFolder()
        let first = try TestCertificate(in: folder)
        let trustsFirst = try first.clientContext()
        try await withGateway(first) { gateway, files in
            let second = try TestCertificate(in: folder)
            try gateway.dataPlane.certificates.reload(files)
            let trustsSecond = try second.clientContext()
            let answer = try await RawClient.exchange(port: gateway.port, trust: trustsSecond, Self.health) {
                $0.hasSuffix("}")
            }
            #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
            await #expect(throws: (any Error).self) {
                _ = try await RawClient.exchange(port: gateway.port, trust: trustsFirst, Self.health)
            }
            let broken = ServerSettings.TLS(certificateFile: files.keyFile, keyFile: files.keyFile)
            #expect(throws: (any Error).self) { try gateway.dataPlane.certificates.reload(broken) }
            let still = try await RawClient.exchange(port: gateway.port, trust: trustsSecond, Self.health) {
                $0.hasSuffix("}")
            }
            #expect(still.hasPrefix("HTTP/1.1 200 OK"))
        }
    }
}
