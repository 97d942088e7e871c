import Core
import NIOCore
import Plan
import TestKit
import Testing
import Wire

@testable import Proxy

/// Connections of OpenAI's Responses over a WebSocket, byte by byte.
@Suite struct ResponsesSocketTests {
    private typealias Inbound = NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private typealias Outbound = NIOAsyncChannelOutboundWriter<ByteBuffer>

    private static let handshake = "GET /v1/responses HTTP/1.1\r\n\(WebSocketBytes.handshake)\r\n"
    private static let ask = WebSocketBytes.text(#"{"type":"response.create","model":"m","input":"hi","store":false}"#)

    private static func event(_ type: String, _ members: String) -> String {
        Fixture.chunk("event: \(type)\ndata: {\"type\":\"\(type)\",\(members)}\n\n")
    }

    private static let begun =
        Fixture.streamHead + event("response.created", #""response":{"id":"resp_1","status":"in_progress"}"#)
        + event("response.output_text.delta", #""delta":"hello","output_index":0,"content_index":0,"item_id":"i""#)
    private static let ended =
        event(
            "response.completed",
            #""response":{"id":"resp_1","status":"completed","store":false,"output":[{"type":"message","content":[]}],"usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5}}"#
        ) + "0\r\n\r\n"

    /// Opens a connection with what a test sends ahead, and hands it over when it is accepted.
    private func withSocket(
        _ gateway: TestGateway, ahead: [UInt8] = [],
        _ body: @escaping @Sendable (inout Inbound, Outbound) async throws -> Void
    ) async throws {
        try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: Array(Self.handshake.utf8) + ahead))
            if ahead.isEmpty { _ = try await RawClient.read(&inbound) { $0.contains("\r\n\r\n") } }
            try await body(&inbound, outbound)
        }
    }

    private func turns(_ gateway: TestGateway, of total: Int) async -> [ExchangeRecord] {
        await gateway.records.wait(for: total).filter { $0.endpoint == "/v1/responses" && $0.method == "POST" }
    }

    @Test func aMessageSentWithTheHandshakeIsServedAndRecorded() async throws {
        try await Fixture.withGateway(script: { _ in [.send(Self.begun + Self.ended)] }) { gateway, upstream in
            try await withSocket(gateway, ahead: Self.ask) { inbound, _ in
                let text = try await RawClient.read(&inbound) { $0.contains("response.completed") }
                #expect(text.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
                #expect(text.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
                #expect(text.contains(#""delta":"hello""#) && !text.contains("event:") && !text.contains("data:"))
            }
            let record = try #require(await turns(gateway, of: 2).first)
            #expect(record.status == 200 && record.outcome == .ok && record.isCall && record.streamed)
            #expect(record.attempts[0].usage.inputUncached == 3 && record.attempts[0].usage.output == 2)
            let request = try #require(upstream.requests.first)
            #expect(request.hasPrefix("POST /v1/responses HTTP/1.1\r\n") && !request.lowercased().contains("websocket"))
            #expect(request.hasSuffix(#"{"stream":true,"model":"real-m","input":"hi","store":false}"#))
        }
    }

    @Test(arguments: [
        WebSocketBytes.frame(1, [0x61]),  // not masked
        WebSocketBytes.frame(8, [3, 232], mask: [1, 2, 3, 4]),  // its farewell
    ]) func whatEndsAConnectionEndsItsCall(_ frame: [UInt8]) async throws {
        try await Fixture.withGateway(script: { _ in [.send(Self.begun), .hold] }) { gateway, upstream in
            try await withSocket(gateway) { inbound, outbound in
                try await outbound.write(ByteBuffer(bytes: Self.ask))
                _ = try await RawClient.read(&inbound) { $0.contains("hello") }
                try await outbound.write(ByteBuffer(bytes: frame))
                // To the end of the connection.
                _ = try await RawClient.read(&inbound)
            }
            await upstream.waitForClose()
            let records = await turns(gateway, of: 2)
            #expect(records.count == 1 && records[0].outcome == .clientClosed)
            #expect(await gateway.dataPlane.load().inFlight == 0)
        }
    }

    @Test func aClientThatSendsOnIsToldWhyItsConnectionEndsThoughATurnRuns() async throws {
        try await Fixture.withGateway(script: { _ in [.send(Self.begun), .hold] }) { gateway, upstream in
            try await withSocket(gateway) { inbound, outbound in
                try await outbound.write(ByteBuffer(bytes: Self.ask))
                _ = try await RawClient.read(&inbound) { $0.contains("hello") }
                // A frame of a gigabyte, of which more comes than is read at once.
                let head: [UInt8] = [0x81, 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4]
                try await outbound.write(ByteBuffer(bytes: head + Array(repeating: 0x78, count: 1 << 20)))
                let last = try await RawClient.read(&inbound)
                #expect(last.contains(#""status":400"#) && last.hasSuffix("(server.body_max)."), "\(last)")
            }
            await upstream.waitForClose()
            let records = await turns(gateway, of: 2)
            #expect(records.count == 1 && records[0].outcome == .clientClosed)
        }
    }

    @Test func whatIsRememberedTakesMemoryAndGivesItBack() async throws {
        let upstream = try await ScriptedUpstream.start { _ in [.send(Self.begun + Self.ended)] }
        let gateway = try await TestGateway.start(
            Fixture.snapshot(upstreamPort: upstream.port), memoryBytesMax: 10_000)
        try await withSocket(gateway) { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: Self.ask))
            _ = try await RawClient.read(&inbound) { $0.contains("response.completed") }
            try await Fixture.settle(gateway)
            let held = await gateway.dataPlane.load().memory.held
            #expect(held > 0 && held < 500)
            let large = #"{"type":"response.create","model":"m","input":"\#(String(repeating: "x", count: 20_000))"}"#
            try await outbound.write(ByteBuffer(bytes: WebSocketBytes.text(large)))
            let refusal = try await RawClient.read(&inbound)
            #expect(refusal.contains(#""status":503"#) && refusal.contains("server.memory_max"))
        }
        _ = await gateway.records.wait(for: 3)
        #expect(await gateway.dataPlane.load().memory.held == 0)
        try await gateway.stop()
        await upstream.stop()
    }

    @Test(arguments: [
        (handshake.replacing("\r\n\r\n", with: "\r\norigin: https://evil.example\r\n\r\n"), "403"),
        (handshake.replacing("GET", with: "HEAD"), "400"),
        (handshake.replacing("version: 13", with: "version: 8"), "400"),
        (handshake.replacing("dGhl", with: "dGh"), "400"),
        (handshake.replacing("upgrade: websocket\r\n", with: ""), "400"),
        (handshake.replacing("\r\n\r\n", with: "\r\ncontent-length: 2\r\n\r\nhi"), "101"),
        (handshake.replacing("\r\n\r\n", with: "\r\ncontent-length: 2\r\n\r\nh"), "400"),
    ]) func whatIsNoHandshakeIsRefused(_ request: String, _ status: String) async throws {
        try await Fixture.withGateway(script: { _ in [.close] }) { gateway, _ in
            let answer = try await RawClient.exchange(port: gateway.port, request) { $0.contains("\r\n\r\n") }
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
        }
    }

    @Test func everyPingOfASlowReaderIsAnswered() async throws {
        try await Fixture.withGateway(script: { _ in [.send(Self.begun + Self.ended)] }) { gateway, _ in
            try await withSocket(gateway) { inbound, outbound in
                let ping = WebSocketBytes.frame(9, Array(repeating: 0x70, count: 125), mask: [1, 2, 3, 4])
                let flood = ByteBuffer(bytes: Array(repeating: ping, count: 4000).flatMap { $0 })
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { for _ in 0..<8 { try await outbound.write(flood) } }
                    // All come back, however slowly they are read.
                    var bytes = 0
                    while bytes < 8 * 4000 * 127, let read = try await inbound.next(isolation: #isolation) {
                        bytes += read.readableBytes
                    }
                    #expect(bytes == 8 * 4000 * 127)
                    try await group.waitForAll()
                }
                try await outbound.write(ByteBuffer(bytes: Self.ask))
                _ = try await RawClient.read(&inbound) { $0.contains("response.completed") }
            }
        }
    }
}
