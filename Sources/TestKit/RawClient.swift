public import NIOCore
import NIOPosix
public import NIOSSL

/// A client that sends bytes as they are given and reads what comes back: for what no HTTP library would send.
public enum RawClient {
    /// Sends the bytes and reads until the answer satisfies the condition or the other side closes.
    public static func exchange(
        port: Int, tls: NIOSSLContext? = nil, _ request: String,
        until isEnough: @escaping @Sendable (String) -> Bool = { _ in false }
    ) async throws -> String {
        try await withConnection(port: port, tls: tls) { inbound, outbound in
            // A server may have answered and closed before it was asked.
            try? await outbound.write(ByteBuffer(string: request))
            return try await read(&inbound, until: isEnough)
        }
    }

    /// - Parameter tls: to speak it, with a server whose certificate is for 127.0.0.1; nil: plain text.
    public static func withConnection<Result: Sendable>(
        port: Int, tls: NIOSSLContext? = nil,
        _ body:
            @Sendable (
                inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator, NIOAsyncChannelOutboundWriter<ByteBuffer>
            ) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: nil))
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var iterator = inbound.makeAsyncIterator()
            return try await body(&iterator, outbound)
        }
    }

    /// Reads until the condition holds or the other side closes.
    public static func read(
        _ inbound: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        until isEnough: @Sendable (String) -> Bool = { _ in false }
    ) async throws -> String {
        var text = ""
        while !isEnough(text), let bytes = try await inbound.next(isolation: #isolation) {
            text += String(buffer: bytes)
        }
        return text
    }
}
