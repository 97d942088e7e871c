public import Foundation
public import NIOSSL

/// A certificate that signs itself, made for one test by the `openssl` program.
public struct TestCertificate: Sendable {
    public let certificateFile: String
    public let keyFile: String

    /// - Parameters:
    ///   - name: the host that it is for.
    ///   - folder: where its two files go.
    public init(for name: String = "localhost", in folder: URL = TestCertificate.newFolder()) throws {
        certificateFile = folder.appendingPathComponent("certificate.pem").path
        keyFile = folder.appendingPathComponent("key.pem").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
            "/CN=\(name)",
            "-addext", "subjectAltName=DNS:\(name)", "-days", "2", "-keyout", keyFile, "-out", certificateFile,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    }

    public static func newFolder() -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("headgate-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    public var pem: [UInt8] { FileManager.default.contents(atPath: certificateFile).map(Array.init) ?? [] }

    /// What a server needs to serve with it.
    public func serverContext() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(certificateFile).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
    }

    /// What a client needs to trust it and nobody else.
    public func clientContext() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(certificateFile))
        return try NIOSSLContext(configuration: configuration)
    }
}
