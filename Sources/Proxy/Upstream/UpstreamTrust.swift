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
    private let contexts = Mutex<[[UInt8]: NIOSSLContext]>([:])

    init(threads: NIOThreadPool) { self.threads = threads }

    func context(authorities: [UInt8]?, on loop: any EventLoop) -> EventLoopFuture<NIOSSLContext> {
        let name = authorities ?? []
        if let context = contexts.withLock({ $0[name] }) { return loop.makeSucceededFuture(context) }
        return threads.runIfActive(eventLoop: loop) { [self] in
            if let context = contexts.withLock({ $0[name] }) { return context }
            let context = try Self.makeContext(authorities: authorities)
            return contexts.withLock { contexts in
                if let earlier = contexts[name] { return earlier }
                contexts[name] = context
                return context
            }
        }
    }

    static func makeContext(authorities: [UInt8]?) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["http/1.1"]
        configuration.minimumTLSVersion = .tlsv12
        // An upstream that goes on sending does not say goodbye: a cancelled call must end soon all the same.
        configuration.shutdownTimeout = .milliseconds(Int64(Limits.upstreamGoodbyeMilliseconds))
        if let authorities {
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authorities))
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
