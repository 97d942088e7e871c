/// What only the account that made it can read again: sealed reasoning, and the signatures of thoughts, by the names
/// that the dialects give them.
public enum StateTokens {
    private static let names: [StaticString] = [
        "\"encrypted_content\"", "\"signature\"", "\"thoughtSignature\"", "\"thought_signature\"",
    ]
    /// Sealed thinking stands here, where an object of these types has it: images have a member of this name too.
    private static let sealedName: StaticString = "\"data\""
    private static let sealedTypes: [StaticString] = ["\"redacted_thinking\"", "\"reasoning.encrypted\""]
    /// Bytes around such a member in which its object's type is looked for.
    private static let objectBytesMax = 256
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
            guard let name = name(in: bytes, endingBefore: colon), let value = text(bytes, from: position) else {
                continue
            }
            position = value.upperBound
            guard value.count >= bytesMin else { continue }
            guard !name.isSealed || isSealed(bytes, from: name.start, to: value.upperBound) else { continue }
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

    /// Where a name begins whose value may be such a token; nil for any other name.
    private static func name(
        in bytes: UnsafeRawBufferPointer, endingBefore colon: Int
    ) -> (start: Int, isSealed: Bool)? {
        var end = colon
        while end > 0, bytes[end - 1] <= 0x20 { end -= 1 }
        func start(of name: StaticString) -> Int? {
            let start = end - name.utf8CodeUnitCount
            return start >= 0 && UnsafeRawBufferPointer(rebasing: bytes[start..<end]).isText(name) ? start : nil
        }
        if let start = start(of: sealedName) { return (start, true) }
        for name in names {
            if let start = start(of: name) { return (start, false) }
        }
        return nil
    }

    /// Whether the object around a member says that it is sealed thinking. Such objects hold no others.
    private static func isSealed(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Bool {
        func isBrace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") }
        let before = bytes[max(0, start - objectBytesMax)..<start]
        let first = before.lastIndex(where: isBrace).map { $0 + 1 } ?? before.startIndex
        let after = bytes[end..<min(bytes.count, end + objectBytesMax)]
        let last = after.firstIndex(where: isBrace) ?? after.endIndex
        let sides = [bytes[first..<start], bytes[end..<last]].map { UnsafeRawBufferPointer(rebasing: $0) }
        return sides.contains { side in sealedTypes.contains { side.contains($0) } }
    }

    /// The inside of the string that begins here.
    private static func text(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Range<Int>? {
        var position = start
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return nil }
        return bytes[(position + 1)...].firstIndex(of: UInt8(ascii: "\"")).map { (position + 1)..<$0 }
    }
}
