import NIOCore

/// How what proves or holds thinking travels through formats whose providers did not make it.
///
/// A Responses client carries other providers' signatures and sealed thinking as `encrypted_content`, and clients of
/// other formats carry OpenAI's as a signature. A mark says which it is, so that no provider is sent another's.
enum SealedReasoning {
    static let signature: StaticString = "headgate.signature."
    static let data: StaticString = "headgate.data."
    static let openAI: StaticString = "openai."

    static func marked(_ mark: StaticString, _ bytes: UnsafeRawBufferPointer) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeStaticString(mark)
        buffer.writeBytes(bytes)
        return buffer
    }

    static func marked(_ mark: StaticString, _ text: RawText) -> RawText {
        RawText(escaped: text.escaped.withUnsafeReadableBytes { marked(mark, $0) })
    }

    /// nil for a text without the mark.
    static func unmarked(_ mark: StaticString, _ text: RawText) -> RawText? {
        let length = mark.utf8CodeUnitCount
        let isMarked = text.escaped.withUnsafeReadableBytes { bytes in
            bytes.count >= length && UnsafeRawBufferPointer(rebasing: bytes[..<length]).isText(mark)
        }
        return isMarked ? RawText(escaped: text.escaped.part(length..<text.escaped.readableBytes)) : nil
    }
}
