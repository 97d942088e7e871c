import Compression
import Core
import NIOCore
import TestKit
import Testing

@testable import Proxy

/// Requests whose bodies are compressed: they go upstream as they were before.
@Suite struct CompressedBodyTests {
    private func ask(_ body: ByteBuffer, encoding: String) async throws -> (answer: String, sent: [String]) {
        nonisolated(unsafe) var result: (String, [String])!
        try await Fixture.withGateway(script: { _ in [.send(Fixture.completion)] }) { gateway, upstream in
            let answer = try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
                var request = ByteBuffer(
                    string: "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
                        + "content-encoding: \(encoding)\r\ncontent-length: \(body.readableBytes)\r\n\r\n")
                request.writeImmutableBuffer(body)
                try await outbound.write(request)
                return try await RawClient.read(&inbound)
            }
            result = (answer, upstream.requests)
            let next = try await RawClient.exchange(port: gateway.port, Fixture.post(Fixture.chat)) {
                $0.hasSuffix("}}")
            }
            #expect(next.hasPrefix("HTTP/1.1 200 OK"))
        }
        return result
    }

    @Test(arguments: ContentEncoding.allCases) func goUpstreamAsTheyWereBefore(_ encoding: ContentEncoding) async throws
    {
        let body = Compressor.compress(ByteBuffer(string: Fixture.chat), encoding)
        let (answer, sent) = try await ask(body, encoding: encoding.rawValue.uppercased())
        #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        let expected = #"{"model":"real-m","messages":[]}"#
        #expect(sent[0].hasSuffix("content-length: \(expected.utf8.count)\r\n\r\n\(expected)"))
        #expect(!sent[0].lowercased().contains("content-encoding"))
    }

    @Test(arguments: ContentEncoding.allCases) func areRefusedWhenTheyAreBombs(_ encoding: ContentEncoding) async throws
    {
        let bomb = Compressor.compress(ByteBuffer(repeating: 0x20, count: 32 << 20), encoding)
        let (answer, sent) = try await ask(bomb, encoding: encoding.rawValue)
        #expect(answer.hasPrefix("HTTP/1.1 413 ") && sent.isEmpty)
    }

    @Test(arguments: ContentEncoding.allCases) func areRefusedWhenTheyAreBroken(_ encoding: ContentEncoding)
        async throws
    {
        let body = Compressor.compress(ByteBuffer(string: Fixture.chat), encoding)
        let cut = body.getSlice(at: 0, length: body.readableBytes - 3) ?? body
        for broken in [cut, ByteBuffer(string: "no such thing")] {
            let (answer, sent) = try await ask(broken, encoding: encoding.rawValue)
            #expect(answer.hasPrefix("HTTP/1.1 400 ") && sent.isEmpty)
        }
    }

    @Test(arguments: ["br", "gzip, gzip", "x"]) func areRefusedWhenNobodyKnowsHow(_ encoding: String) async throws {
        let (answer, sent) = try await ask(ByteBuffer(string: Fixture.chat), encoding: encoding)
        #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("content-encoding") && sent.isEmpty)
    }
}
