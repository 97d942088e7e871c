public import Foundation
public import NIOSSL

/// An authority made for one test run, and certificates that it signs; by the `openssl` command, in a folder that is
/// removed with this value.
public final class TestCertificates: Sendable {
    public struct Failed: Error { public let output: String }

    /// A certificate and its key, as files.
    public struct Pair: Sendable {
        public let certificateFile: String
        public let keyFile: String
    }

    public let folder: URL
    /// PEM text of the authority.
    public let authority: [UInt8]

    public init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.openssl(
            Self.newKey + [
                "-x509", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test authority",
            ],
            in: folder)
        authority = Array(try Data(contentsOf: folder.appendingPathComponent("ca.pem")))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// - Parameters:
    ///   - names: as openssl writes them: `DNS:localhost`, `IP:127.0.0.1`.
    ///   - days: negative: it has expired.
    public func issue(_ names: String, days: Int = 2) throws -> Pair {
        let name = UUID().uuidString
        try Self.openssl(
            Self.newKey + [
                "-keyout", "\(name).key", "-out", "\(name).csr", "-subj", "/CN=\(name)",
                "-addext", "subjectAltName=\(names)",
            ], in: folder)
        try Self.openssl(
            [
                "x509", "-req", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "2",
                "-copy_extensions", "copy", "-days", String(days), "-out", "\(name).pem",
            ], in: folder)
        return Pair(
            certificateFile: folder.appendingPathComponent("\(name).pem").path,
            keyFile: folder.appendingPathComponent("\(name).key").path)
    }

    /// For a server that shows this certificate.
    public static func serverContext(_ pair: Pair) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(pair.certificateFile)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(file: pair.keyFile, format: .pem))))
    }

    /// For a client that trusts this authority alone.
    public func clientContext() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority))
        return try NIOSSLContext(configuration: configuration)
    }

    private static let newKey = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    private static func openssl(_ arguments: [String], in folder: URL) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardError = output
        process.standardOutput = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(output: String(decoding: text, as: UTF8.self)) }
    }
}
