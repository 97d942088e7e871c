import Core
import Foundation
import NIOCore
import NIOSSL
import Plan
import TestKit
import Testing

@testable import Proxy

/// The listener with a certificate.
@Suite struct ServerTLSTests {
    private func settings(_ pair: TestCertificates.Pair) -> ServerSettings {
        var settings = Fixture.settings()
        settings.tls = .init(certificateFile: pair.certificateFile, keyFile: pair.keyFile)
        return settings
    }

    private func replace(_ pair: TestCertificates.Pair, by other: TestCertificates.Pair) throws {
        for (old, new) in [(pair.certificateFile, other.certificateFile), (pair.keyFile, other.keyFile)] {
            try Data(contentsOf: URL(fileURLWithPath: new)).write(to: URL(fileURLWithPath: old))
        }
    }

    private func health(_ gateway: TestGateway, _ tls: NIOSSLContext?) async throws -> String {
        try await RawClient.exchange(
            port: gateway.port, tls: tls, "GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
    }

    @Test func servesHTTPS() async throws {
        let certificates = try TestCertificates()
        let trust = try certificates.clientContext()
        let server = try settings(certificates.issue("IP:127.0.0.1"))
        try await Fixture.withGateway(server: server, script: { _ in [.send(Fixture.completion)] }) { gateway, _ in
            try await RawClient.withConnection(port: gateway.port, tls: trust) { inbound, outbound in
                for _ in 0..<2 {
                    try await outbound.write(ByteBuffer(string: Fixture.post(Fixture.chat)))
                    let answer = try await RawClient.read(&inbound) { $0.hasSuffix("}}") }
                    #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
                }
            }
            // The end of the connection is told, so that the answer can be known to be whole.
            let last = try await health(gateway, trust)
            #expect(last.hasPrefix("HTTP/1.1 200 OK") && last.hasSuffix(#"{"status":"ok"}"#))
        }
    }

    @Test func endsAConnectionWhoseRequestIsMalformed() async throws {
        let certificates = try TestCertificates()
        let trust = try certificates.clientContext()
        let server = try settings(certificates.issue("IP:127.0.0.1"))
        try await Fixture.withGateway(server: server, script: { _ in [] }) { gateway, _ in
            let answer = try await RawClient.exchange(port: gateway.port, tls: trust, "NONSENSE\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func servesANewCertificateToNewConnections() async throws {
        let first = try TestCertificates()
        let second = try TestCertificates()
        let (firstTrust, secondTrust) = (try first.clientContext(), try second.clientContext())
        let pair = try first.issue("IP:127.0.0.1")
        let server = settings(pair)
        try await Fixture.withGateway(server: server, script: { _ in [.send(Fixture.completion)] }) { gateway, _ in
            let isServed: @Sendable (NIOSSLContext) async throws -> Bool = { trust in
                (try? await self.health(gateway, trust))?.hasPrefix("HTTP/1.1 200 OK") ?? false
            }
            let old = try await isServed(firstTrust)
            #expect(old)
            try await RawClient.withConnection(port: gateway.port, tls: firstTrust) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: Fixture.post(Fixture.chat)))
                _ = try await RawClient.read(&inbound) { $0.hasSuffix("}}") }
                try self.replace(pair, by: second.issue("IP:127.0.0.1"))
                try gateway.dataPlane.certificates.reload(server.tls!)
                let (oldStays, newIsServed) = (try await isServed(firstTrust), try await isServed(secondTrust))
                #expect(!oldStays && newIsServed)
                // The connection that was open goes on with what it began with.
                try await outbound.write(ByteBuffer(string: Fixture.post(Fixture.chat)))
                let answer = try await RawClient.read(&inbound) { $0.hasSuffix("}}") }
                #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
            }
        }
    }

    enum Fault: CaseIterable { case emptyCertificate, noKey, keyOfAnother, halfWritten }

    @Test(arguments: Fault.allCases) func keepsTheOldCertificateWhenTheNewFilesAreNoGood(_ fault: Fault) async throws {
        let certificates = try TestCertificates()
        let trust = try certificates.clientContext()
        let pair = try certificates.issue("IP:127.0.0.1")
        let server = settings(pair)
        try await Fixture.withGateway(server: server, script: { _ in [] }) { gateway, _ in
            let certificate = URL(fileURLWithPath: pair.certificateFile)
            switch fault {
            case .emptyCertificate: try Data().write(to: certificate)
            case .noKey: try FileManager.default.removeItem(atPath: pair.keyFile)
            case .keyOfAnother:
                let other = try certificates.issue("IP:127.0.0.1")
                try Data(contentsOf: URL(fileURLWithPath: other.keyFile)).write(to: URL(fileURLWithPath: pair.keyFile))
            case .halfWritten: try Data(contentsOf: certificate).prefix(200).write(to: certificate)
            }
            #expect(throws: (any Error).self) { try gateway.dataPlane.certificates.reload(server.tls!) }
            let answer = try await health(gateway, trust)
            #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test func closesPlainHTTPOnTheTLSPort() async throws {
        let certificates = try TestCertificates()
        let trust = try certificates.clientContext()
        let server = try settings(certificates.issue("IP:127.0.0.1"))
        try await Fixture.withGateway(server: server, script: { _ in [] }) { gateway, _ in
            let plain = try await health(gateway, nil)
            #expect(!plain.contains("HTTP/1.1 200"))
            let answer = try await health(gateway, trust)
            #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test func givesAHandshakeNoMoreTimeThanAHead() async throws {
        let certificates = try TestCertificates()
        var server = try settings(certificates.issue("IP:127.0.0.1"))
        server.headerTimeout = 100_000_000
        try await Fixture.withGateway(server: server, script: { _ in [] }) { gateway, _ in
            // Returns when the gateway closes.
            let answer = try await RawClient.exchange(port: gateway.port, "")
            #expect(!answer.contains("HTTP/1.1"))
        }
    }

    @Test func closesAConnectionPastTheLimitThatDoesNotShakeHands() async throws {
        let certificates = try TestCertificates()
        let server = try settings(certificates.issue("IP:127.0.0.1"))
        try await Fixture.withGateway(server: server, connectionsMax: 0, script: { _ in [] }) { gateway, _ in
            let answer = try await RawClient.exchange(port: gateway.port, "")
            #expect(!answer.contains("HTTP/1.1"))
            let told = try await health(gateway, certificates.clientContext())
            #expect(told.hasPrefix("HTTP/1.1 503 "))
        }
    }
}
