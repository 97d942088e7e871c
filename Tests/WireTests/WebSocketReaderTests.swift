import NIOCore
import TestKit
import Testing

@testable import Wire

@Suite struct WebSocketReaderTests {
    private static let mask: [UInt8] = [1, 2, 3, 4]

    private static func frame(_ code: UInt8, _ text: String, isLast: Bool = true) -> [UInt8] {
        WebSocketBytes.frame(code, Array(text.utf8), isLast: isLast, mask: mask)
    }

    /// Everything that the pieces make, as texts.
    private func read(_ pieces: [[UInt8]], messageBytesMax: Int = 1000) throws -> [String] {
        var reader = WebSocketReader(messageBytesMax: messageBytesMax)
        var seen: [String] = []
        for piece in pieces {
            reader.append(ByteBuffer(bytes: piece))
            while let part = try reader.next() {
                switch part {
                case .text(let message): seen.append("text \(String(buffer: message))")
                case .ping(let payload): seen.append("ping \(String(buffer: payload))")
                case .binary: seen.append("binary")
                case .pong: seen.append("pong")
                case .close: seen.append("close")
                }
            }
        }
        #expect(!reader.isInsideMessage && reader.heldBytes == 0)
        return seen
    }

    @Test func messagesAreWholeWhereverTheStreamIsCut() throws {
        let stream =
            Self.frame(1, "one") + Self.frame(9, "p") + Self.frame(1, "tw", isLast: false) + Self.frame(10, "")
            + Self.frame(0, "", isLast: false) + Self.frame(0, "o, unmasked across a cut") + Self.frame(2, "sound")
            + Self.frame(1, String(repeating: "a", count: 300)) + Self.frame(8, "")
        let expected = [
            "text one", "ping p", "pong", "text two, unmasked across a cut", "binary",
            "text " + String(repeating: "a", count: 300), "close",
        ]
        #expect(try read([stream]) == expected)
        for cut in 0...stream.count {
            #expect(try read([Array(stream[..<cut]), Array(stream[cut...])]) == expected, "cut at \(cut)")
        }
        #expect(try read(stream.map { [$0] }) == expected)
    }

    @Test(arguments: [
        WebSocketBytes.frame(1, [0x61]),  // not masked
        WebSocketBytes.frame(3, [], mask: mask),  // an opcode that means nothing
        WebSocketBytes.frame(0x41, [], mask: mask),  // an extension
        WebSocketBytes.frame(0, [], mask: mask),  // the rest of nothing
        WebSocketBytes.frame(1, [], isLast: false, mask: mask) + WebSocketBytes.frame(1, [], mask: mask),
        WebSocketBytes.frame(9, [], isLast: false, mask: mask),
        WebSocketBytes.frame(8, Array(repeating: 0, count: 126), mask: mask),
        [0x81, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4],  // a length with its first bit set
    ]) func whatTheProtocolForbidsIsRefused(_ bytes: [UInt8]) throws {
        let error = try #require(throws: WebSocketClose.self) { try read([bytes]) }
        #expect(error.code == 1002 && !error.reason.isEmpty)
    }

    @Test func aMessageThatIsTooLargeIsRefusedByItsHead() throws {
        let error = try #require(throws: WebSocketClose.self) {
            try read(
                [Self.frame(1, "1234", isLast: false), Array(Self.frame(0, "56789").prefix(6))], messageBytesMax: 8)
        }
        #expect(error.code == 1009)
        #expect(try read([Self.frame(1, "12345678")], messageBytesMax: 8) == ["text 12345678"])
    }

    @Test func aServersFramesAreReadAsTheyWereWritten() throws {
        for count in [0, 1, 125, 126, 65535, 65536] {
            var frame = ByteBuffer()
            frame.writeFrame(.text, ByteBuffer(bytes: Array(repeating: 0x61, count: count)))
            #expect(Array(frame.readableBytesView) == WebSocketBytes.frame(1, Array(repeating: 0x61, count: count)))
        }
        var close = ByteBuffer()
        close.writeFrame(WebSocketClose(code: 1001, reason: "bye"))
        #expect(Array(close.readableBytesView) == [0x88, 5, 0x03, 0xE9] + Array("bye".utf8))
    }

    /// The example of RFC 6455, section 1.3.
    @Test func handshakesAreAccepted() {
        #expect(WebSocketHandshake.accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        for key in ["", "dGhlIHNhbXBsZSBub25j", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub2*jZQ=="] {
            #expect(WebSocketHandshake.accept(key) == nil)
        }
    }
}
