/// How much text was seen, as an estimate of its tokens needs it. Nothing of the text itself is kept.
public struct ContentWeight: Sendable, Equatable {
    /// Characters of ASCII.
    public var plain = 0
    /// All other characters.
    public var other = 0

    public init() {}

    /// A token is four ASCII characters or one and a half others, rounded up at the end.
    ///
    /// The first is OpenAI's own rule of thumb ("What are tokens and how to count them?"). Scripts beyond ASCII take
    /// more tokens for each character; one and a half lies between Cyrillic, which takes fewer, and rare Han.
    public var tokens: Int {
        let (plainTwelfths, isHuge) = plain.multipliedReportingOverflow(by: 3)
        let (otherTwelfths, isHugeToo) = other.multipliedReportingOverflow(by: 8)
        if isHuge || isHugeToo { return 0 }
        return plainTwelfths / 12 + otherTwelfths / 12 + (plainTwelfths % 12 + otherTwelfths % 12 + 11) / 12
    }

    public static func += (a: inout ContentWeight, b: ContentWeight) {
        a.plain += b.plain
        a.other += b.other
    }

    /// Adds the inside of a JSON string as the characters that it stands for.
    mutating func add(inside string: UnsafeRawBufferPointer) {
        var index = 0
        while index < string.count {
            let byte = string[index]
            if byte == UInt8(ascii: "\\"), index + 1 < string.count {
                if string[index + 1] == UInt8(ascii: "u"), index + 5 < string.count {
                    addUnit(string[(index + 2)..<(index + 6)])
                    index += 6
                } else {
                    plain += 1
                    index += 2
                }
            } else {
                add(byte)
                index += 1
            }
        }
    }

    /// Adds a JSON value as it is written, without the space between its parts: writers differ in that.
    mutating func add(written value: UnsafeRawBufferPointer) {
        var isInString = false
        var isEscaped = false
        for byte in value {
            if isInString || byte > 0x20 { add(byte) }
            if byte == UInt8(ascii: "\""), !isEscaped { isInString.toggle() }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
    }

    @inline(__always)
    private mutating func add(_ byte: UInt8) {
        if byte < 0x80 {
            plain += 1
        } else if byte & 0xC0 != 0x80 {
            other += 1
        }
    }

    /// A character beyond the first plane is written as two units; the second one is not counted.
    private mutating func addUnit(_ digits: Slice<UnsafeRawBufferPointer>) {
        let isZero = digits.prefix(2).allSatisfy { $0 == UInt8(ascii: "0") }
        if isZero, let third = digits.dropFirst(2).first, third < UInt8(ascii: "8") {
            plain += 1
        } else if let first = digits.first, first | 0x20 == UInt8(ascii: "d"),
            let second = digits.dropFirst().first, second >= UInt8(ascii: "C")
        {
            return
        } else {
            other += 1
        }
    }
}
