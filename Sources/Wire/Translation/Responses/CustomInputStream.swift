import NIOCore

/// Finds a custom tool's free text in the arguments of the function that stands for it, while they come.
///
/// Arguments are JSON inside a JSON string. What stands between the quotes of `{"input":"..."}` is the inside of a JSON
/// string itself, so that it passes as it is. Arguments of any other shape are told only when they are whole.
struct CustomInputStream {
    private enum State { case beginning, text, over }

    private var state = State.beginning
    /// Decoded arguments that do not yet say enough: the beginning, or a broken escape.
    private var held: [UInt8] = []
    /// Some of the text was passed on.
    private(set) var hasPassed = false

    /// - Parameter bytes: more of the arguments, as the inside of a JSON string.
    /// - Returns: more of the text, as the inside of a JSON string.
    mutating func push(_ bytes: UnsafeRawBufferPointer) -> ByteBuffer {
        var output = ByteBuffer()
        guard state != .over else { return output }
        held += JSONText.unescaped(bytes).utf8
        if state == .beginning { findText() }
        if state == .text { passText(into: &output) }
        if output.readableBytes > 0 { hasPassed = true }
        return output
    }

    /// What must stand before the text, spaces left out.
    private static let beginning = Array(#"{"input":""#.utf8)

    private mutating func findText() {
        var expected = Self.beginning[...]
        for (place, byte) in held.enumerated() {
            if byte == expected.first {
                expected = expected.dropFirst()
            } else if ![0x20, 0x09, 0x0A, 0x0D].contains(byte) {
                state = .over
                return
            }
            guard expected.isEmpty else { continue }
            held.removeFirst(place + 1)
            state = .text
            return
        }
    }

    private mutating func passText(into output: inout ByteBuffer) {
        var place = 0
        while place < held.count {
            let byte = held[place]
            if byte == UInt8(ascii: "\"") || byte < 0x20 {
                state = .over
                break
            }
            guard byte == UInt8(ascii: "\\") else {
                output.writeInteger(byte)
                place += 1
                continue
            }
            guard let length = escapeLength(at: place) else { break }
            guard length > 0 else {
                state = .over
                break
            }
            output.writeBytes(held[place..<(place + length)])
            place += length
        }
        held.removeFirst(place)
    }

    /// - Returns: nil while it is broken off, 0 for what is none. Both halves of a character beyond 16 bits are one.
    private func escapeLength(at place: Int) -> Int? {
        guard place + 1 < held.count else { return nil }
        guard held[place + 1] == UInt8(ascii: "u") else {
            return #""\/bfnrt"#.utf8.contains(held[place + 1]) ? 2 : 0
        }
        guard place + 6 <= held.count else { return nil }
        guard let unit = unit(at: place) else { return 0 }
        guard unit & 0xFC00 == 0xD800 else { return 6 }
        if place + 12 <= held.count {
            return self.unit(at: place + 6).map { $0 & 0xFC00 == 0xDC00 } == true ? 12 : 0
        }
        return nil
    }

    /// The number of a whole `\uXXXX`.
    private func unit(at place: Int) -> UInt16? {
        guard held[place] == UInt8(ascii: "\\"), held[place + 1] == UInt8(ascii: "u") else { return nil }
        let digits = held[(place + 2)..<(place + 6)]
        guard digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else { return nil }
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
