/// What only the account that made it can read again: sealed reasoning, and the signatures of thoughts, by the names
/// that the dialects give them. Anthropic's redacted thinking is not among them: its `data` is a name of images too.
public enum StateTokens {
    private static let names: [StaticString] = [
        "\"encrypted_content\"", "\"signature\"", "\"thoughtSignature\"", "\"thought_signature\"",
    ]
    /// Shorter texts are none.
    private static let bytesMin = 24

    /// Digests of those in a text of JSON, in their order. They hold within one run of the program.
    ///
    /// Members are found by their colons, which are fewer than quotes.
    public static func digests(in bytes: UnsafeRawBufferPointer) -> [Int] {
        var digests: [Int] = []
        var position = 0
        while let colon = bytes.place(of: UInt8(ascii: ":"), from: position) {
            position = colon + 1
            guard isName(bytes, endingBefore: colon), let value = text(bytes, from: position) else { continue }
            position = value.upperBound
            guard value.count >= bytesMin else { continue }
            digests.append(digest(bytes[value]))
        }
        return digests
    }

    /// The same for both alphabets of base64, with padding and without: Google's clients write it anew.
    private static func digest(_ text: Slice<UnsafeRawBufferPointer>) -> Int {
        var hasher = Hasher()
        for byte in text where byte != UInt8(ascii: "=") {
            switch byte {
            case UInt8(ascii: "-"): hasher.combine(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): hasher.combine(UInt8(ascii: "/"))
            default: hasher.combine(byte)
            }
        }
        return hasher.finalize()
    }

    private static func isName(_ bytes: UnsafeRawBufferPointer, endingBefore colon: Int) -> Bool {
        var end = colon
        while end > 0, bytes[end - 1] <= 0x20 { end -= 1 }
        return names.contains { name in
            let start = end - name.utf8CodeUnitCount
            return start >= 0 && UnsafeRawBufferPointer(rebasing: bytes[start..<end]).isText(name)
        }
    }

    /// The inside of the string that begins here.
    private static func text(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Range<Int>? {
        var position = start
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return nil }
        return bytes[(position + 1)...].firstIndex(of: UInt8(ascii: "\"")).map { (position + 1)..<$0 }
    }
}
