import NIOSSL
public import Plan
import Synchronization

/// The listener's certificate, re-read when its files change. Connections that are open keep the one they began with.
public final class ServerCertificates: Sendable {
    private let context: Mutex<NIOSSLContext?>

    /// - Throws: when the files do not hold a certificate chain and its key.
    public init(_ files: ServerSettings.TLS?) throws {
        context = Mutex(try files.map(Self.load))
    }

    var current: NIOSSLContext? { context.withLock { $0 } }

    /// - Throws: when the new files are no good; the old ones stay.
    public func reload(_ files: ServerSettings.TLS) throws {
        let loaded = try Self.load(files)
        context.withLock { $0 = loaded }
    }

    private static func load(_ files: ServerSettings.TLS) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(files.certificateFile).map {
            NIOSSLCertificateSource.certificate($0)
        }
        let key = try NIOSSLPrivateKey(file: files.keyFile, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        configuration.applicationProtocols = ["http/1.1"]
        configuration.minimumTLSVersion = .tlsv12
        return try NIOSSLContext(configuration: configuration)
    }
}
