import NIOCore

/// Proofs of thinking in Gemini's `thoughtSignature`.
///
/// That member is bytes in base64, which SDKs decode and encode again in another alphabet. What another provider signed
/// goes to Gemini's clients wrapped in base64, so that it comes back as it was, and can be told from what Gemini itself
/// signed, which is of no use to others.
enum GeminiSignature {
    enum Kind: UInt8, CaseIterable {
        /// Of thinking that can be read, or of a call.
        case proof = 0x70
        /// Thinking that only its provider can read.
        case sealed = 0x73
    }

    private static let mark = Array("headgate:".utf8)

    /// Written in place of a signature where the calls of a conversation are not Gemini's own.
    /// Source: Google's "Thought signatures", on conversations that were begun with other models.
    static let unchecked = RawText("skip_thought_signature_validator")

    /// - Parameter escaped: the inside of a JSON string.
    static func wrapped(_ escaped: UnsafeRawBufferPointer, _ kind: Kind) -> ByteBuffer {
        var text = ByteBuffer()
        Base64.encode(mark + [kind.rawValue] + escaped, into: &text)
        return text
    }

    static func wrapped(_ text: RawText, _ kind: Kind) -> RawText {
        RawText(escaped: text.escaped.withUnsafeReadableBytes { wrapped($0, kind) })
    }

    /// - Returns: nil for what is no wrapped signature.
    static func unwrapped(_ text: RawText) -> (kind: Kind, text: RawText)? {
        var bytes: [UInt8] = []
        let isWhole = text.inStandardBase64.escaped.withUnsafeReadableBytes { Base64.decode($0, into: &bytes) }
        guard isWhole, bytes.count > mark.count, bytes.starts(with: mark), let kind = Kind(rawValue: bytes[mark.count])
        else { return nil }
        // A client may have made it up: it must be fit to stand between quotes.
        let inside = bytes[(mark.count + 1)...]
        let quoted = [UInt8(ascii: "\"")] + inside + [UInt8(ascii: "\"")]
        guard quoted.withUnsafeBytes({ (try? JSONScanner.validate($0)) == .string }) else { return nil }
        return (kind, RawText(escaped: ByteBuffer(bytes: inside)))
    }

    /// Whether Gemini can take it for bytes at all: it refuses a whole request for one that it cannot.
    static func isBytes(_ text: RawText) -> Bool {
        let bytes = text.inStandardBase64.escaped.readableBytesView
        return bytes.count % 4 == 0 && bytes.allSatisfy(Base64.isOfAlphabet)
    }
}

extension RawText {
    /// Base64 in the alphabet that all know (RFC 4648, section 4), where it is in the one for URLs (section 5), as
    /// Google's SDKs write it, or has escapes, as some write a slash.
    var inStandardBase64: RawText {
        var escaped = self.escaped
        if escaped.readableBytesView.contains(UInt8(ascii: "\\")) { escaped = ByteBuffer(string: string) }
        let isStandard = escaped.readableBytesView.allSatisfy { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
        if isStandard { return RawText(escaped: escaped) }
        var standard = ByteBuffer()
        standard.reserveCapacity(escaped.readableBytes)
        for byte in escaped.readableBytesView {
            switch byte {
            case UInt8(ascii: "-"): standard.writeInteger(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): standard.writeInteger(UInt8(ascii: "/"))
            default: standard.writeInteger(byte)
            }
        }
        return RawText(escaped: standard)
    }
}
