import Core
import NIOCore
import NIOPosix
import NIOSSL
import Plan
import Synchronization

/// The TLS contexts for upstreams: one for each set of authorities, shared by all loops and made once, off the loops,
/// because reading the system's authorities takes tens of milliseconds and megabytes.
final class UpstreamTrust: Sendable {
    private let threads: NIOThreadPool
    private let contexts = Mutex<[Kind: NIOSSLContext]>([:])

    private struct Kind: Hashable {
        let authorities: [UInt8]?
        let comparesPeer: Bool
    }

    init(threads: NIOThreadPool) { self.threads = threads }

    /// - Parameter comparesPeer: whether NIOSSL compares the certificate with the name or the connection's other end;
    ///   `ServerIdentity` is compared in any case.
    func context(
        authorities: [UInt8]?, comparesPeer: Bool, on loop: any EventLoop
    ) -> EventLoopFuture<NIOSSLContext> {
        let kind = Kind(authorities: authorities, comparesPeer: comparesPeer)
        if let context = contexts.withLock({ $0[kind] }) { return loop.makeSucceededFuture(context) }
        return threads.runIfActive(eventLoop: loop) { [self] in
            if let context = contexts.withLock({ $0[kind] }) { return context }
            let context = try Self.makeContext(kind)
            return contexts.withLock { contexts in
                if let earlier = contexts[kind] { return earlier }
                contexts[kind] = context
                return context
            }
        }
    }

    private static func makeContext(_ kind: Kind) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["http/1.1"]
        configuration.minimumTLSVersion = .tlsv12
        // An upstream that goes on sending does not say goodbye: a cancelled call must end soon all the same.
        configuration.shutdownTimeout = .milliseconds(Int64(Limits.upstreamGoodbyeMilliseconds))
        if !kind.comparesPeer { configuration.certificateVerification = .noHostnameVerification }
        if let authorities = kind.authorities {
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authorities))
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
