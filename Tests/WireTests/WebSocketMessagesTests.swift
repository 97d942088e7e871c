import Core
import NIOCore
import TestKit
import Testing

@testable import Wire

@Suite struct WebSocketMessagesTests {
    private static let stream =
        WebSocketBytes.frame(1, Array("one".utf8)) + WebSocketBytes.frame(9, Array("ping".utf8))
        + WebSocketBytes.frame(2, [0, 1, 2])
        + WebSocketBytes.frame(1, Array("tw".utf8), isLast: false) + WebSocketBytes.frame(10, [])
        + WebSocketBytes.frame(0, Array("o".utf8))
        + WebSocketBytes.frame(1, Array("three".utf8), mask: [1, 2, 3, 4]) + WebSocketBytes.frame(2, [9], isLast: false)
        + WebSocketBytes.frame(0, [8])
        + WebSocketBytes.frame(1, Array(repeating: 0x61, count: 300)) + WebSocketBytes.frame(8, [])

    private func read(_ pieces: [[UInt8]]) throws -> [String] {
        var messages = WebSocketMessages()
        var seen: [String] = []
        for piece in pieces {
            try messages.push(ByteBuffer(bytes: piece)) { seen.append(String(decoding: $0, as: UTF8.self)) }
        }
        return seen
    }

    @Test func textsAreFoundWhereverTheStreamIsCut() throws {
        let whole = try read([Self.stream])
        #expect(whole == ["one", "two", "three", String(repeating: "a", count: 300)])
        for cut in 0...Self.stream.count {
            #expect(try read([Array(Self.stream[..<cut]), Array(Self.stream[cut...])]) == whole, "cut at \(cut)")
        }
        #expect(try read(Self.stream.map { [$0] }) == whole)
    }

    @Test func framesThatCannotBeFollowedAreTold() {
        #expect(throws: StreamError.damaged) { try read([[0xC1, 0x01, 0x61]]) }
        #expect(throws: StreamError.damaged) { try read([[0x81, 127, 0xFF, 0, 0, 0, 0, 0, 0, 0]]) }
    }

    @Test func whatIsTooLargeIsPassedOver() throws {
        let large = WebSocketBytes.frame(1, Array(repeating: 0x61, count: Limits.streamEventBytesMax + 1))
        #expect(try read([large, WebSocketBytes.frame(1, Array("next".utf8))]) == ["next"])
    }

    /// Reads that end inside frames must not pile up what was read before them.
    @Test func aLongSessionHoldsNoMoreThanAMessage() throws {
        let frame = WebSocketBytes.frame(1, Array(repeating: 0x61, count: 3000))
        var bytes = Array(repeating: frame, count: 200).flatMap { $0 }[...]
        var messages = WebSocketMessages()
        var seen = 0
        while !bytes.isEmpty {
            try messages.push(ByteBuffer(bytes: bytes.prefix(1111))) { _ in seen += 1 }
            bytes = bytes.dropFirst(1111)
            #expect(messages.heldCapacity < 16_384)
        }
        #expect(seen == 200)
    }
}
