import Core
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOSSL
import Plan

/// Opens connections to one upstream: a channel from the connector, through the proxy, agreed on TLS.
final class ConnectionOpener {
    private let identity: UpstreamIdentity
    private let server: ServerIdentity
    private let loop: any EventLoop
    private let shared: SharedState

    init(_ identity: UpstreamIdentity, loop: any EventLoop, shared: SharedState) {
        self.identity = identity
        server = ServerIdentity(host: identity.origin.host, port: identity.origin.port)
        self.loop = loop
        self.shared = shared
    }

    func connect(pool: UpstreamPool, deadline: NIODeadline) -> EventLoopFuture<UpstreamConnection> {
        let host = identity.proxy?.host ?? identity.origin.host
        let port = identity.proxy?.port ?? identity.origin.port
        let trusted: EventLoopFuture<NIOSSLContext?> =
            identity.origin.isTLS
            ? shared.trust.context(
                authorities: identity.authorities, comparesPeer: identity.proxy == nil || server.serverName != nil,
                on: loop
            ).map { $0 }
            : loop.makeSucceededFuture(nil)
        return trusted.assumeIsolated()
            .flatMapError { self.loop.makeFailedFuture(ConnectError.tls("the certificate authorities: \($0)")) }
            .flatMap { context in
                self.dial(host: host, port: port, deadline: deadline).assumeIsolated()
                    .flatMap { self.passProxy($0, deadline: deadline) }
                    .flatMap { self.start($0, context, pool: pool, deadline: deadline) }.nonisolated()
            }.nonisolated()
    }

    private func dial(host: String, port: Int, deadline: NIODeadline) -> EventLoopFuture<any Channel> {
        if identity.proxy != nil, case .address(let address) = server, !ForbiddenAddresses.allows(address) {
            return loop.makeFailedFuture(ConnectError.forbiddenAddress(identity.origin.host))
        }
        return shared.connector.connect(host: host, port: port, deadline: deadline, on: loop)
    }

    private func passProxy(_ channel: any Channel, deadline: NIODeadline) -> EventLoopFuture<any Channel> {
        guard let proxy = identity.proxy else { return loop.makeSucceededFuture(channel) }
        let passed = loop.makePromise(of: Void.self)
        let origin = identity.origin
        let host = origin.host.utf8.contains(UInt8(ascii: ":")) ? "[\(origin.host)]" : origin.host
        var headers: HTTPHeaders = ["host": "\(host):\(origin.port)"]
        if let authorization = proxy.authorization {
            headers.add(name: "proxy-authorization", value: authorization.reveal())
        }
        let encoder = HTTPRequestEncoder()
        let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes))
        let reply = ProxyReply()
        let handler = NIOHTTP1ProxyConnectHandler(
            targetHost: host, targetPort: origin.port, headers: headers, deadline: deadline, promise: passed)
        let pipeline = channel.pipeline.syncOperations
        do {
            try pipeline.addHandlers([encoder, decoder, reply, handler])
        } catch {
            passed.fail(error)
        }
        return passed.futureResult.assumeIsolated()
            .flatMap {
                pipeline.removeHandler(decoder).and(pipeline.removeHandler(encoder))
                    .and(pipeline.removeHandler(reply)).map { _ in channel }
            }
            .flatMapError { error in
                channel.close(promise: nil)
                return self.loop.makeFailedFuture(reply.explain(error))
            }.nonisolated()
    }

    private func start(
        _ channel: any Channel, _ context: NIOSSLContext?, pool: UpstreamPool, deadline: NIODeadline
    ) -> EventLoopFuture<UpstreamConnection> {
        do {
            return try UpstreamConnection.start(
                on: channel, pool: pool, tls: context, server: server, deadline: deadline
            ).assumeIsolated().flatMapError { error in
                self.loop.makeFailedFuture(CountedOff(reason: (error as? ConnectError) ?? .refused("\(error)")))
            }.nonisolated()
        } catch {
            channel.close(promise: nil)
            return loop.makeFailedFuture((error as? ConnectError) ?? .refused("\(error)"))
        }
    }
}
