import NIOCore

/// What of a script or a style goes over the wire: all but whole lines of comment, and the space before a line.
///
/// Line by line, so that it needs no reader of the language. That asks two things of the sources, which a test looks
/// after: no text goes over several lines, and nothing but a comment stands on the lines of a `/* */`.
enum AssetText {
    static func compact(_ source: Slice<UnsafeRawBufferPointer>) -> ByteBuffer {
        var result = ByteBuffer()
        result.reserveCapacity(source.count)
        var isInComment = false
        for line in source.split(separator: UInt8(ascii: "\n")) {
            let text = line.drop { $0 == UInt8(ascii: " ") }
            if text.starts(with: "/*".utf8) { isInComment = true }
            if !isInComment, !text.isEmpty, !text.starts(with: "//".utf8) {
                result.writeBytes(text)
                result.writeInteger(UInt8(ascii: "\n"))
            }
            if text.suffix(2).elementsEqual("*/".utf8) { isInComment = false }
        }
        return result
    }
}
