import NIOCore

/// What of a script or a style goes over the wire: all but whole lines of comment, the space before a line, and in
/// styles that after a colon or a semicolon.
///
/// Line by line, so that it needs no reader of the languages. That asks three things of the sources, which a test looks
/// after: no text goes over several lines, nothing but a comment stands on the lines of a `/* */`, and no text in a
/// style has a colon or a semicolon with a space behind it.
enum AssetText {
    static func compact(_ source: Slice<UnsafeRawBufferPointer>, isStyle: Bool) -> ByteBuffer {
        var result = ByteBuffer()
        result.reserveCapacity(source.count)
        var isInComment = false
        for line in source.split(separator: UInt8(ascii: "\n")) {
            let text = line.drop { $0 == UInt8(ascii: " ") }
            if text.starts(with: "/*".utf8) { isInComment = true }
            if !isInComment, !text.isEmpty, !text.starts(with: "//".utf8) {
                if isStyle { write(declarations: text, to: &result) } else { result.writeBytes(text) }
                result.writeInteger(UInt8(ascii: "\n"))
            }
            if text.suffix(2).elementsEqual("*/".utf8) { isInComment = false }
        }
        return result
    }

    private static func write(declarations text: Slice<UnsafeRawBufferPointer>, to result: inout ByteBuffer) {
        var last: UInt8 = 0
        for byte in text {
            let isSpare = byte == UInt8(ascii: " ") && (last == UInt8(ascii: ":") || last == UInt8(ascii: ";"))
            if !isSpare { result.writeInteger(byte) }
            last = byte
        }
    }
}
