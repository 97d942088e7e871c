import ArgumentParser
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Whom a client calls, and with what.
struct Target: ParsableArguments {
    @Option(help: "The server's port on 127.0.0.1.") var port: Int
    @Option(help: "The file with the request's body.") var body: String
    @Option(help: "The request's path.") var path = "/v1/chat/completions"
    @Option(help: "The environment variable with the key.") var keyVariable = "KEY"

    func request() throws -> PreparedRequest {
        guard let bytes = FileManager.default.contents(atPath: body) else { throw Failure("\(body): cannot be read") }
        let key = ProcessInfo.processInfo.environment[keyVariable] ?? "none"
        let head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: path,
            headers: [
                "host": "127.0.0.1:\(port)", "content-type": "application/json", "authorization": "Bearer \(key)",
                "content-length": "\(bytes.count)",
            ])
        return PreparedRequest(head: head, body: ByteBuffer(bytes: bytes))
    }

    /// - Parameter source: the address to call from; several give room for more ports than one address has.
    func connect(_ client: Client, on loop: any EventLoop, from source: String? = nil) async throws {
        var bootstrap = ClientBootstrap(group: loop)
            .channelOption(.socketOption(.so_reuseaddr), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(client)
                }
            }
        if let source { bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: source, port: 0)) }
        _ = try await bootstrap.connect(host: "127.0.0.1", port: port).get()
    }
}

/// A request that is sent many times, made once.
struct PreparedRequest: Sendable {
    let head: HTTPRequestHead
    let body: ByteBuffer
}
