import Core
import NIOCore
import Testing

@testable import Wire

@Suite struct EventStreamDecoderTests {
    private func bigEndian(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(number >> (24 - $0 * 8) & 0xFF) } }

    private func checksum(_ bytes: [UInt8]) -> [UInt8] { bigEndian(Int(bytes.withUnsafeBytes(CRC32.checksum))) }

    private func message(_ headers: [UInt8], _ payload: [UInt8]) -> [UInt8] {
        var bytes = bigEndian(16 + headers.count + payload.count) + bigEndian(headers.count)
        bytes += checksum(bytes)
        bytes += headers + payload
        return bytes + checksum(bytes)
    }

    private func decode(_ pieces: [[UInt8]]) throws(EventStreamError) -> [String] {
        var decoder = EventStreamDecoder()
        var seen: [String] = []
        for piece in pieces {
            try decoder.push(ByteBuffer(bytes: piece)) { message in
                seen.append(
                    [message.type, message.name, message.payload].map { String(decoding: $0, as: UTF8.self) }
                        .joined(separator: "|"))
            }
        }
        return seen
    }

    private static let headers: [UInt8] =
        [13] + Array(":message-type".utf8) + [7, 0, 5] + Array("event".utf8)
        + [11] + Array(":event-type".utf8) + [7, 0, 4] + Array("ping".utf8)
        + [1, 0x61, 0, 1, 0x62, 1, 1, 0x63, 2, 9, 1, 0x64, 3, 0, 1, 1, 0x65, 4, 0, 0, 0, 1]
        + [1, 0x66, 5, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0x67, 6, 0, 2, 1, 2, 1, 0x68, 8, 0, 0, 0, 0, 0, 0, 0, 1]
        + [1, 0x69, 9] + Array(repeating: 1, count: 16)

    /// The examples of Amazon's own documentation of the encoding.
    @Test func readsPublishedMessages() throws {
        let bare: [UInt8] = [0, 0, 0, 30, 0, 0, 0, 0, 186, 242, 246, 138] + Array("{\"foo\": \"bar\"}".utf8)
        #expect(try decode([bare + [174, 114, 88, 228]]) == ["||{\"foo\": \"bar\"}"])
    }

    @Test func readsEveryTypeOfHeaderHoweverTheBytesAreSplit() throws {
        let bytes = message(Self.headers, Array("{}".utf8)) + message([], []) + message(Self.headers, [0x41])
        let expected = ["event|ping|{}", "||", "event|ping|A"]
        for place in 0...bytes.count {
            #expect(try decode([Array(bytes[..<place]), Array(bytes[place...])]) == expected)
        }
        #expect(try decode(bytes.map { [$0] }) == expected)
    }

    @Test func refusesEveryChangedByte() {
        let bytes = message(Self.headers, Array("{}".utf8))
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 0x10
            #expect(throws: EventStreamError.badChecksum) { try decode([changed]) }
        }
    }

    @Test func refusesLengthsThatContradictOrExceed() {
        for (total, headers) in [
            (15, 0), (20, 5), (Limits.eventStreamMessageBytesMax + 1, 0),
            (1 << 20, Limits.eventStreamHeaderBytesMax + 1), (0xFFFF_FFFF, 0xFFFF_FFFF),
        ] {
            var bytes = bigEndian(total) + bigEndian(headers)
            bytes += checksum(bytes)
            #expect(throws: EventStreamError.badLength) { try decode([bytes]) }
        }
    }

    @Test func refusesHeadersThatEndTooEarly() {
        for headers: [UInt8] in [[5, 0x61], [1, 0x61], [1, 0x61, 7, 0], [1, 0x61, 7, 0, 9, 1], [1, 0x61, 10]] {
            #expect(throws: EventStreamError.badHeaders) { try decode([message(headers, [])]) }
        }
    }

    @Test func decodesBase64() {
        func decoded(_ text: String) -> String? {
            var bytes: [UInt8] = []
            let isRead = Array(text.utf8).withUnsafeBytes { Base64.decode($0, into: &bytes) }
            return isRead ? String(decoding: bytes, as: UTF8.self) : nil
        }
        #expect(decoded("") == "" && decoded("Zg==") == "f" && decoded("Zm8=") == "fo" && decoded("Zm9v") == "foo")
        #expect(decoded("Zg") == nil && decoded("Z===") == nil && decoded("Zg=a") == nil && decoded("Zm!v") == nil)
    }
}
