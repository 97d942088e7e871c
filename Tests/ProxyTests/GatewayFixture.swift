import Core
import NIOCore
import Plan
import Policy
import TestKit
import Wire

/// Configurations and texts that the tests of the data plane share.
enum Fixture {
    /// No attempt is made again, so that a failure is seen as it is.
    static var once: RetryPolicy { retries(attempts: 1) }

    /// Retries without a wait that a test would sit through.
    static func retries(attempts: Int) -> RetryPolicy {
        var policy = RetryPolicy()
        (policy.attemptsMax, policy.backoffBase, policy.backoffMax) = (attempts, 10_000_000, 50_000_000)
        return policy
    }

    static func snapshot(
        upstreamPort: Int, server: ServerSettings = settings(), timeouts: Timeouts = Timeouts(),
        retries: RetryPolicy = once, onDisconnect: OnDisconnect = .cancel, connectionsMax: Int = 512
    ) -> Snapshot {
        let provider = Provider(
            name: "up", kind: .openAI, origin: Origin(isTLS: false, host: "127.0.0.1", port: upstreamPort),
            basePath: "/v1",
            credentials: [.init(secret: Secret("sk-upstream"))], connectionsMax: connectionsMax, passthrough: true)
        let claude = Provider(
            name: "claude", kind: .anthropic, origin: Origin(isTLS: false, host: "127.0.0.1", port: upstreamPort),
            basePath: "", credentials: [.init(secret: Secret("sk-ant"))])
        return Snapshot(
            server: server, access: .anyone, timeouts: timeouts, retries: retries, onDisconnect: onDisconnect,
            providers: [provider, claude],
            routes: [
                Route(pattern: "m", targets: [Target(provider: 0, model: "real-m")]),
                Route(pattern: "claude", targets: [Target(provider: 1, model: nil)]),
            ], keys: [])
    }

    /// A configuration whose model `m` is served by this provider alone.
    static func snapshot(
        _ provider: Provider, server: ServerSettings = settings(), timeouts: Timeouts = Timeouts(),
        retries: RetryPolicy = once, onDisconnect: OnDisconnect = .cancel
    ) -> Snapshot {
        Snapshot(
            server: server, access: .anyone, timeouts: timeouts, retries: retries, onDisconnect: onDisconnect,
            providers: [provider],
            routes: [Route(pattern: "m", targets: [Target(provider: 0, model: "real-m")])], keys: [])
    }

    /// Returns when the gateway's only loop has seen all that was sent to it before.
    static func settle(_ gateway: TestGateway) async throws {
        _ = try await RawClient.exchange(
            port: gateway.port, "GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
    }

    /// Sends a request behind one to `/health`, and returns when that one is answered: the gateway then has both.
    static func begin(
        _ body: String, _ inbound: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        let health = "GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n"
        try await outbound.write(ByteBuffer(string: health + post(body)))
        _ = try await RawClient.read(&inbound) { $0.contains(#"{"status":"ok"}"#) }
    }

    /// Asks once, on a connection of its own.
    static func ask(_ gateway: TestGateway, _ body: String = chat) async throws -> String {
        try await RawClient.exchange(port: gateway.port, post(body, fields: "connection: close\r\n"))
    }

    /// Runs a gateway, and stops it.
    static func withGateway(
        _ snapshot: Snapshot, loops: Int = 1, _ body: (TestGateway) async throws -> Void
    ) async throws {
        let gateway = try await TestGateway.start(snapshot, loops: loops)
        do {
            try await body(gateway)
        } catch {
            try await gateway.stop()
            throw error
        }
        try await gateway.stop()
    }

    static func settings() -> ServerSettings {
        var settings = ServerSettings()
        settings.listen = ListenAddress(host: "127.0.0.1", port: 0)
        return settings
    }

    static func post(_ body: String, path: String = "/v1/chat/completions", fields: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\(fields)content-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    static let chat = #"{"model":"m","messages":[]}"#
    static let streamedChat = #"{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[]}"#

    static func answer(_ body: String, status: String = "200 OK", fields: String = "") -> String {
        "HTTP/1.1 \(status)\r\ncontent-type: application/json\r\n\(fields)content-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    static let completion = answer(
        #"{"id":"1","model":"real-m","choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#
    )
    static let streamHead = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"

    static func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }
    static let event = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":null}]}\n\n"
    static let lastEvents =
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"

    /// Runs a gateway before a scripted upstream, and stops both.
    static func withGateway(
        server: ServerSettings = settings(), timeouts: Timeouts = Timeouts(), onDisconnect: OnDisconnect = .cancel,
        connectionsMax: Int = 2048,
        script: @escaping @Sendable (Int) -> [ScriptedUpstream.Act],
        _ body: (TestGateway, ScriptedUpstream) async throws -> Void
    ) async throws {
        let upstream = try await ScriptedUpstream.start(script: script)
        let gateway = try await TestGateway.start(
            snapshot(upstreamPort: upstream.port, server: server, timeouts: timeouts, onDisconnect: onDisconnect),
            connectionsMax: connectionsMax)
        do {
            try await body(gateway, upstream)
        } catch {
            try await gateway.stop()
            await upstream.stop()
            throw error
        }
        try await gateway.stop()
        await upstream.stop()
    }
}
