import Core
import NIOCore

/// The bytes of an unstreamed answer: all of them, or of one that is too large its end, where the usage stands.
struct WholeAnswer {
    private var held = ByteBuffer()
    private var isCut = false

    mutating func push(_ bytes: ByteBuffer) {
        if held.readableBytes == 0 { held = bytes } else { held.writeImmutableBuffer(bytes) }
        guard isCut || held.readableBytes > Limits.meteredAnswerBytesMax else { return }
        isCut = true
        // Twice as much may gather, so that not every piece moves the rest.
        if held.readableBytes > 2 * Limits.meteredTailBytesMax { keepTail() }
    }

    private mutating func keepTail() {
        let tail = held.part((held.readableBytes - Limits.meteredTailBytesMax)..<held.readableBytes)
        held = ByteBuffer(bytes: tail.readableBytesView)
    }

    mutating func finish(_ reader: inout any AnswerReader) {
        guard held.readableBytes > 0 else { return }
        if isCut {
            observeTail(&reader)
            return
        }
        let isRead = held.withUnsafeReadableBytes { bytes in
            guard let answer = JSONObjectView(bytes) else { return false }
            reader.observe(answer)
            return true
        }
        reader.observation.sawTerminal = isRead
        if !isRead { reader.observation.unreadableEvents += 1 }
    }

    /// Reads the usage as if the answer had nothing else. A quote inside a text is escaped, so that a text cannot be
    /// taken for a member.
    private func observeTail(_ reader: inout any AnswerReader) {
        reader.observation.sawContent = true
        var text: [UInt8] = []
        held.withUnsafeReadableBytes { bytes in
            for name in ["\"usage\"", "\"usageMetadata\""] as [StaticString] {
                guard let start = Self.last(name, in: bytes) else { continue }
                var splitter = ObjectSplitter()
                let member = ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: bytes[start...]))
                try? splitter.push(member) { object in
                    guard text.isEmpty else { return }
                    text = Array("{\(name):".utf8) + object + [UInt8(ascii: "}")]
                }
            }
        }
        text.withUnsafeBytes { bytes in
            if let answer = JSONObjectView(bytes) { reader.observe(answer) }
        }
    }

    private static func last(_ name: StaticString, in bytes: UnsafeRawBufferPointer) -> Int? {
        let length = name.utf8CodeUnitCount
        let pattern = UnsafeBufferPointer(start: name.utf8Start, count: length)
        var position = bytes.count - length
        while position >= 0 {
            if bytes[position] == pattern[0], bytes[position..<(position + length)].elementsEqual(pattern) {
                return position
            }
            position -= 1
        }
        return nil
    }
}
