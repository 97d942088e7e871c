/// Looks at eight bytes at a time, in one machine word, without the processor's vector instructions.
///
/// A mask has the high bit of each byte that was found. Above the first one found it may have bits too many (a borrow
/// runs upward), so only its lowest bit counts. Source: Hacker's Delight, "Find First 0-Byte".
enum ByteWord {
    static let byteCount = 8
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    @inline(__always)
    static func load(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
    }

    /// Marks quotes, backslashes, control characters and bytes outside ASCII: what ends plain text in a JSON string.
    @inline(__always)
    static func marksOfStringSpecials(_ word: UInt64) -> UInt64 {
        let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let controls = (word &- ones &* 0x20) & ~word
        return ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | controls | word) & highs
    }

    /// Marks line feeds and carriage returns.
    @inline(__always)
    static func marksOfLineEnds(_ word: UInt64) -> UInt64 {
        let feeds = word ^ (ones &* 0x0A)
        let returns = word ^ (ones &* 0x0D)
        return ((feeds &- ones) & ~feeds | (returns &- ones) & ~returns) & highs
    }

    /// Marks one byte; `repeated` is that byte eight times.
    @inline(__always)
    static func marks(of repeated: UInt64, in word: UInt64) -> UInt64 {
        let others = word ^ repeated
        return (others &- ones) & ~others & highs
    }

    @inline(__always)
    static func repeated(_ byte: UInt8) -> UInt64 { ones &* UInt64(byte) }

    /// Marks line feeds.
    @inline(__always)
    static func marksOfLineFeeds(_ word: UInt64) -> UInt64 {
        let feeds = word ^ (ones &* 0x0A)
        return (feeds &- ones) & ~feeds & highs
    }

    /// The place of the first marked byte.
    @inline(__always)
    static func first(_ marks: UInt64) -> Int { marks.trailingZeroBitCount >> 3 }
}

extension UnsafeRawBufferPointer {
    /// The place of the next such byte, looked for eight bytes at a time.
    func place(of byte: UInt8, from start: Int) -> Int? {
        guard let base = baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
        let repeated = ByteWord.repeated(byte)
        var position = start
        while position + ByteWord.byteCount <= count {
            let marks = ByteWord.marks(of: repeated, in: ByteWord.load(base + position))
            if marks != 0 { return position + ByteWord.first(marks) }
            position += ByteWord.byteCount
        }
        while position < count {
            if base[position] == byte { return position }
            position += 1
        }
        return nil
    }

    /// Whether a text stands anywhere among them.
    func contains(_ text: StaticString) -> Bool {
        var position = 0
        while let start = place(of: text.utf8Start[0], from: position) {
            let end = start + text.utf8CodeUnitCount
            if end > count { return false }
            if UnsafeRawBufferPointer(rebasing: self[start..<end]).isText(text) { return true }
            position = start + 1
        }
        return false
    }
}
