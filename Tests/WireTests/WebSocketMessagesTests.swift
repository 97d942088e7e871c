import Core
import NIOCore
import Testing

@testable import Wire

@Suite struct WebSocketMessagesTests {
    private static func frame(_ code: UInt8, _ payload: [UInt8], isLast: Bool = true, mask: [UInt8]? = nil) -> [UInt8] {
        var bytes = [code | (isLast ? 0x80 : 0)]
        let flag: UInt8 = mask == nil ? 0 : 0x80
        switch payload.count {
        case 0..<126: bytes.append(UInt8(payload.count) | flag)
        case 0..<65536: bytes += [126 | flag, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        default: bytes += [127 | flag] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - $0 * 8)) }
        }
        guard let mask else { return bytes + payload }
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    private static let stream =
        frame(1, Array("one".utf8)) + frame(9, Array("ping".utf8)) + frame(2, [0, 1, 2])
        + frame(1, Array("tw".utf8), isLast: false) + frame(10, []) + frame(0, Array("o".utf8))
        + frame(1, Array("three".utf8), mask: [1, 2, 3, 4]) + frame(2, [9], isLast: false) + frame(0, [8])
        + frame(1, Array(repeating: 0x61, count: 300)) + frame(8, [])

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
        let large = Self.frame(1, Array(repeating: 0x61, count: Limits.streamEventBytesMax + 1))
        #expect(try read([large, Self.frame(1, Array("next".utf8))]) == ["next"])
    }

    /// Reads that end inside frames must not pile up what was read before them.
    @Test func aLongSessionHoldsNoMoreThanAMessage() throws {
        let frame = Self.frame(1, Array(repeating: 0x61, count: 3000))
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
