import Core
import NIOCore
import NIOSSL
import NIOTLS
import Plan
import Wire

/// A file on its way from a URL of a client's, on a connection of its own that is closed behind it.
///
/// The server is told nothing but the URL: no field, credential or address of the client goes out. Lives on one loop.
final class MediaDownload: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let url: WebURL
    private let request: ByteBuffer
    private let server: ServerIdentity
    private var content: MediaContent
    private let hold: (Int) throws(FetchFailure) -> Void
    private let whenOver: (EventLoopFuture<Void>?) -> Void
    private var reader = ResponseReader(
        limits: HeadLimits(bytesMax: Limits.responseHeaderBytesMax, fieldsMax: Limits.responseHeaderFieldsMax))
    private var channel: (any Channel)?
    /// Ends when nothing is on its way to a connection any more; nil: it has not begun.
    private var connecting: EventLoopFuture<Void>?
    /// nil while it is on its way.
    private(set) var result: Result<FetchedMedia, FetchFailure>?

    /// Bytes of the file, so far.
    var bytes: Int { content.bytes }

    /// - Parameters:
    ///   - version: of the gateway, which is told to the server.
    ///   - hold: makes room for so many bytes more.
    ///   - whenOver: called once there is a result, with the end of what cannot be stopped; nil: nothing has begun.
    init(
        _ url: WebURL, _ content: MediaContent, version: String,
        hold: @escaping (Int) throws(FetchFailure) -> Void, whenOver: @escaping (EventLoopFuture<Void>?) -> Void
    ) {
        self.url = url
        self.content = content
        self.hold = hold
        self.whenOver = whenOver
        server = ServerIdentity(host: url.host, port: url.port)
        var request = ByteBuffer(string: "GET \(url.target) HTTP/1.1\r\n")
        request.writeField("host", Origin(isTLS: url.isTLS, host: url.host, port: url.port).hostHeader)
        request.writeField("user-agent", "headgate/\(version)")
        request.writeStaticString("accept: */*\r\naccept-encoding: identity\r\nconnection: close\r\n\r\n")
        self.request = request
    }

    /// - Parameters:
    ///   - connector: resolves the host, once, and connects to nothing but an address that it has checked.
    ///   - context: for TLS; nil: none is spoken.
    ///   - deadline: of the connection.
    func start(
        _ connector: any Connector, _ context: EventLoopFuture<NIOSSLContext>?, on loop: any EventLoop,
        deadline: NIODeadline
    ) {
        let context: EventLoopFuture<NIOSSLContext?> = context?.map { $0 } ?? loop.makeSucceededFuture(nil)
        let (host, port) = (url.host, url.port)
        // In this order: a connection without its context would be nobody's to close.
        let connection = context.assumeIsolated()
            .flatMap { context -> EventLoopFuture<(NIOSSLContext?, any Channel)> in
                guard self.result == nil else { return loop.makeFailedFuture(ConnectError.timedOut) }
                return connector.connect(host: host, port: port, deadline: deadline, on: loop).map { (context, $0) }
            }
        connecting = connection.map { _ in }.recover { _ in }.nonisolated()
        connection.whenComplete { answer in
            do {
                let (context, channel) = try answer.get()
                try self.begin(on: channel, context)
            } catch {
                self.end(.failure(FetchFailure(connecting: error)))
            }
        }
    }

    private func begin(on channel: any Channel, _ context: NIOSSLContext?) throws {
        guard result == nil else { return channel.close(promise: nil) }
        self.channel = channel
        var handlers: [any ChannelHandler] = [self]
        if let context {
            handlers.insert(try NIOSSLClientHandler(context: context, serverHostname: server.serverName), at: 0)
        }
        try channel.pipeline.syncOperations.addHandlers(handlers)
        if context == nil { ask() }
    }

    private func ask() {
        reader.expectAnswer(toHEAD: false)
        channel?.writeAndFlush(request, promise: nil)
    }

    /// Nobody waits for it any more.
    func giveUp() { end(.failure(connecting == nil ? .busy : .tooSlow)) }

    private func end(_ result: Result<FetchedMedia, FetchFailure>) {
        guard self.result == nil else { return }
        self.result = result
        channel?.close(promise: nil)
        channel = nil
        whenOver(connecting)
    }

    // MARK: What the connection tells

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate()
            if let certificate, server.isIn(certificate) { ask() } else { end(.failure(.unreachable)) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard result == nil else { return }
        reader.append(unwrapInboundIn(data))
        do {
            while result == nil, let part = try reader.next() { try take(part) }
        } catch {
            end(.failure((error as? FetchFailure) ?? .brokenOff))
        }
    }

    private func take(_ part: ResponseReader.Part) throws(FetchFailure) {
        switch part {
        case .head(let head): try content.begin(head)
        case .body(let bytes):
            try hold(bytes.readableBytes)
            try content.append(bytes)
        case .end: end(.success(try content.finish()))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { connectionLost() }

    func channelInactive(context: ChannelHandlerContext) {
        if result == nil, reader.connectionEnded() {
            end(Result { () throws(FetchFailure) in try content.finish() })
        } else {
            connectionLost()
        }
        context.fireChannelInactive()
    }

    private func connectionLost() { end(.failure(bytes > 0 ? .brokenOff : .unreachable)) }
}
