public import Config
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOSSL
import Observability
import Plan
public import ServiceLifecycle

/// The admin plane's listener. It never shares one with the data plane.
public struct AdminServer: Service {
    private let plane: AdminPlane
    private let settings: AdminSettings
    private let logger: Logger

    public init(_ plane: AdminPlane, _ settings: AdminSettings, logger: Logger) {
        self.plane = plane
        self.settings = settings
        self.logger = logger
    }

    public func run() async throws {
        var quiet = logger
        quiet.logLevel = .warning
        let configuration = ApplicationConfiguration(
            address: .hostname(settings.listen.host, port: settings.listen.port), serverName: nil)
        let application = Application(
            router: plane.router(), server: try server(), configuration: configuration,
            onServerRunning: { channel in
                logger.info(
                    "the admin plane is ready",
                    metadata: ["listen": "\(settings.listen.host):\(channel.localAddress?.port ?? 0)"])
            }, logger: quiet)
        try await withGracefulShutdownHandler {
            try await application.run()
        } onGracefulShutdown: {
            plane.tail.finish()
        }
    }

    private func server() throws -> HTTPServerBuilder {
        guard let tls = settings.tls else { return .http1() }
        let certificates = try NIOSSLCertificate.fromPEMFile(tls.certificateFile).map {
            NIOSSLCertificateSource.certificate($0)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates,
            privateKey: .privateKey(try NIOSSLPrivateKey(file: tls.keyFile, format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        return try .tls(.http1(), tlsConfiguration: configuration)
    }
}
