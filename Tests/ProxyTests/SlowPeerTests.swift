import Core
import NIOCore
import NIOPosix
import Plan
import Synchronization
import TestKit
import Testing

@testable import Proxy

/// Clients that read or write slowly, and what is held for them meanwhile.
@Suite struct SlowPeerTests {
    /// What the buffers of the sockets between a peer and this program can take at most, with a good margin.
    private static let socketBytesMax = 48 << 20

    /// Gives the gateway's loop the time of many turns, in which it could have read on.
    private func passTurns(_ port: Int) async throws {
        let health = "GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
        for _ in 0..<60 { #expect(try await RawClient.exchange(port: port, health).hasPrefix("HTTP/1.1 200 OK")) }
    }

    @Test func aClientThatReadsSlowlyStopsTheUpstreamsReads() async throws {
        let upstream = try await FloodingUpstream.start(eventsMax: 128 << 10)
        let gateway = try await TestGateway.start(Fixture.snapshot(upstreamPort: upstream.port))
        try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
            try await outbound.write(ByteBuffer(string: Fixture.post(Fixture.streamedChat)))
            let begun = try await RawClient.read(&inbound) { $0.contains("xxx") }
            #expect(begun.hasPrefix("HTTP/1.1 200 OK"))
            try await passTurns(gateway.port)
            #expect(upstream.bytesSent < Self.socketBytesMax)
            var bytes = 0
            while bytes < 16 << 20, let piece = try await inbound.next(isolation: #isolation) {
                bytes += piece.readableBytes
            }
            try await passTurns(gateway.port)
            #expect(upstream.bytesSent < bytes + Self.socketBytesMax)
            #expect(upstream.bytesSent > 8 << 20, "reading on sets the upstream going again")
        }
        try await gateway.stop()
        await upstream.stop()
    }

    @Test func everyByteOfALongStreamArrivesThroughPauses() async throws {
        let upstream = try await FloodingUpstream.start(eventsMax: 5000)
        let gateway = try await TestGateway.start(Fixture.snapshot(upstreamPort: upstream.port))
        let request = Fixture.post(Fixture.streamedChat, fields: "connection: close\r\n")
        try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            var marks = 0
            var last = ByteBuffer()
            while let piece = try await inbound.next(isolation: #isolation) {
                marks += piece.readableBytesView.count { $0 == UInt8(ascii: "x") }
                last = piece
            }
            #expect(
                marks >= 5000 * 960 && String(buffer: last).hasSuffix("data: [DONE]\n\n\r\n0\r\n\r\n"),
                "\(marks) of \(5000 * 960), then '\(String(buffer: last).suffix(80))', sent \(upstream.bytesSent)")
        }
        #expect(await gateway.records.wait(for: 1)[0].outcome == .ok)
        try await gateway.stop()
        await upstream.stop()
    }

    @Test func requestsSentAheadAreNotReadWithoutBound() async throws {
        try await Fixture.withGateway(script: { _ in [.hold] }) { gateway, upstream in
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: gateway.port).get()
            let request = Fixture.post(#"{"model":"m","x":"\#(String(repeating: "a", count: 60_000))"}"#)
            let written = Counter()
            let writing = Task {
                // Each write is waited for: what the sockets took is counted, not what the channel holds.
                while true {
                    try await client.writeAndFlush(ByteBuffer(string: request))
                    written.add(request.utf8.count)
                }
            }
            try await passTurns(gateway.port)
            #expect(written.value < Self.socketBytesMax)
            try await client.close()
            await #expect(throws: (any Error).self) { try await writing.value }
            #expect(upstream.requests.count <= 1)
        }
    }

    @Test func pingsOfASocketWhoseClientDoesNotReadAreNotAnsweredWithoutBound() async throws {
        try await Fixture.withGateway(script: { _ in [.hold] }) { gateway, _ in
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: false)
                .connect(host: "127.0.0.1", port: gateway.port).get()
            try await client.writeAndFlush(
                ByteBuffer(string: "GET /v1/responses HTTP/1.1\r\n\(WebSocketBytes.handshake)\r\n"))
            let ping = WebSocketBytes.frame(9, Array(repeating: 0x70, count: 125), mask: [1, 2, 3, 4])
            let flood = ByteBuffer(bytes: Array(repeating: ping, count: 500).flatMap { $0 })
            let written = Counter()
            let writing = Task {
                while true {
                    try await client.writeAndFlush(flood)
                    written.add(flood.readableBytes)
                }
            }
            try await passTurns(gateway.port)
            // A gateway that went on would take whatever comes; this one stops within what sockets hold.
            let taken = written.value
            try await passTurns(gateway.port)
            #expect(taken > flood.readableBytes && written.value < Self.socketBytesMax)
            try await client.close()
            await #expect(throws: (any Error).self) { try await writing.value }
        }
    }

    @Test func aRequestThatComesByteByByteIsServed() async throws {
        try await Fixture.withGateway(script: { _ in [.send(Fixture.completion)] }) { gateway, _ in
            try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
                for byte in Fixture.post(Fixture.chat).utf8 { try await outbound.write(ByteBuffer(bytes: [byte])) }
                let answer = try await RawClient.read(&inbound) { $0.hasSuffix("}}") }
                #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
            }
        }
    }

    @Test func aClientThatEndsItsSideHasLeft() async throws {
        try await Fixture.withGateway(script: { _ in [.hold] }) { gateway, upstream in
            try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: Fixture.post(Fixture.chat)))
                outbound.finish()
                #expect(try await RawClient.read(&inbound) == "")
            }
            #expect(await gateway.records.wait(for: 1)[0].outcome == .clientClosed)
        }
    }
}

private final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .relaxed) }
    func add(_ number: Int) { count.add(number, ordering: .relaxed) }
}
