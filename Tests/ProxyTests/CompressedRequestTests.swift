import Compression
import Core
import NIOCore
import Plan
import TestKit
import Testing

@testable import Proxy

/// Request bodies that come compressed.
@Suite struct CompressedRequestTests {
    private static let chat =
        #"{"model":"m","messages":[{"role":"user","content":"\#(String(repeating: "hé", count: 500))"}]}"#
    private static let sent = chat.replacing(#""m""#, with: #""real-m""#)

    /// Sends a body as it is given and asks once more on a new connection: that one must be served.
    private func ask(
        _ body: ByteBuffer, encoding: String, isChunked: Bool = false, path: String = "/v1/chat/completions",
        server: ServerSettings = Fixture.settings()
    ) async throws -> (answer: String, requests: [String]) {
        nonisolated(unsafe) var result: (String, [String])!
        try await Fixture.withGateway(server: server, script: { _ in [.send(Fixture.completion)] }) {
            gateway, upstream in
            var request = ByteBuffer(
                string: "POST \(path) HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                    + "connection: close\r\ncontent-encoding: \(encoding)\r\n")
            if isChunked {
                request.writeString("transfer-encoding: chunked\r\n\r\n")
                for byte in body.readableBytesView {
                    request.writeString("1\r\n")
                    request.writeInteger(byte)
                    request.writeString("\r\n")
                }
                request.writeString("0\r\n\r\n")
            } else {
                request.writeString("content-length: \(body.readableBytes)\r\n\r\n")
                request.writeImmutableBuffer(body)
            }
            let bytes = request
            let answer = try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
                try? await outbound.write(bytes)
                return try await RawClient.read(&inbound)
            }
            let next = try await Fixture.ask(gateway)
            #expect(next.hasPrefix("HTTP/1.1 200 OK"))
            result = (answer, upstream.requests)
        }
        return result
    }

    @Test(arguments: ContentEncoding.allCases, [false, true])
    func goUpstreamAsTheyWereBefore(_ encoding: ContentEncoding, _ isChunked: Bool) async throws {
        let body = Compressor.compress(ByteBuffer(string: Self.chat), encoding)
        let (answer, requests) = try await ask(body, encoding: encoding.rawValue, isChunked: isChunked)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK"), "\(answer)")
        let request = requests[0]
        #expect(request.hasSuffix("\r\n\r\n\(Self.sent)") && !request.contains("content-encoding"))
        #expect(request.contains("content-length: \(Self.sent.utf8.count)\r\n") && !request.contains("transfer-enc"))
    }

    @Test(arguments: ["GZIP", "x-gzip"]) func knowsTheOtherNamesOfGzip(_ name: String) async throws {
        let (answer, _) = try await ask(Compressor.compress(ByteBuffer(string: Self.chat), .gzip), encoding: name)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
    }

    @Test(arguments: ["identity", "Identity"]) func takesIdentityForWhatItIs(_ name: String) async throws {
        let (answer, requests) = try await ask(ByteBuffer(string: Self.chat), encoding: name)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK") && !requests[0].contains("content-encoding"))
    }

    @Test func goThroughThePassThroughEndpointDecompressedToo() async throws {
        let body = Compressor.compress(ByteBuffer(string: Self.chat), .zstd)
        let (answer, requests) = try await ask(body, encoding: "zstd", path: "/providers/up/v1/x")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        #expect(requests[0].hasSuffix("\r\n\r\n\(Self.chat)") && !requests[0].contains("content-encoding"))
        #expect(requests[0].contains("content-length: \(Self.chat.utf8.count)\r\n"))
    }

    @Test(arguments: ContentEncoding.allCases) func refusesABomb(_ encoding: ContentEncoding) async throws {
        let zeros = ByteBuffer(repeating: 0x20, count: 16 * 1024 * 1024)
        let (answer, requests) = try await ask(Compressor.compress(zeros, encoding), encoding: encoding.rawValue)
        #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.contains("x-headgate-error: request_too_large"))
        #expect(requests.count == 1)
    }

    @Test(arguments: ContentEncoding.allCases)
    func countsTheBytesThatComeOut(_ encoding: ContentEncoding) async throws {
        var server = Fixture.settings()
        server.bodyBytesMax = Self.chat.utf8.count
        let fits = Compressor.compress(ByteBuffer(string: Self.chat), encoding)
        let (answer, _) = try await ask(fits, encoding: encoding.rawValue, server: server)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        let larger = Compressor.compress(ByteBuffer(string: Self.chat + " "), encoding)
        let (refusal, requests) = try await ask(larger, encoding: encoding.rawValue, server: server)
        #expect(refusal.hasPrefix("HTTP/1.1 413 ") && requests.count == 1)
    }

    enum Damage: CaseIterable { case truncated, empty, notCompressed, trailing, flipped }

    @Test(arguments: ContentEncoding.allCases, Damage.allCases)
    func refusesWhatCannotBeDecompressed(_ encoding: ContentEncoding, _ damage: Damage) async throws {
        var body = Compressor.compress(ByteBuffer(string: Self.chat), encoding)
        switch damage {
        case .truncated: body = body.getSlice(at: 0, length: body.readableBytes - 5)!
        case .empty: body = ByteBuffer()
        case .notCompressed: body = ByteBuffer(string: Self.chat)
        case .trailing: body.writeString("more")
        case .flipped: body.setInteger(body.getInteger(at: 12, as: UInt8.self)! ^ 0x55, at: 12)
        }
        let (answer, requests) = try await ask(body, encoding: encoding.rawValue)
        #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("x-headgate-error: invalid_request"), "\(answer)")
        #expect(requests.count == 1)
    }

    @Test(arguments: ["br", "gzip, gzip", "compress", "nonsense"])
    func refusesWhatItDoesNotKnow(_ name: String) async throws {
        let (answer, requests) = try await ask(ByteBuffer(string: Self.chat), encoding: name)
        #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("gzip, deflate and zstd"))
        #expect(requests.count == 1)
    }
}
