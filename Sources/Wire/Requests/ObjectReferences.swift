public import NIOCore

/// What a body may name of the things that providers keep: every string that is an id of one by its looks, whatever the
/// member is called and at whatever depth.
///
/// The bytes are looked through for strings; only a body in which a printable character is escaped, as no library
/// writes them, is read member by member.
public enum ObjectReferences {
    /// How ids of files, responses and batches begin.
    private static let beginnings: [StaticString] = ["file-", "file_", "resp_", "batch_"]
    private static let idBytesMax = 256

    /// - Parameter body: JSON that was checked.
    public static func ids(in body: ByteBuffer) -> [String] {
        var ids: [String] = []
        body.withUnsafeReadableBytes { bytes in
            if hidesCharacters(bytes) { collect(bytes, into: &ids) } else { search(bytes, into: &ids) }
        }
        return ids
    }

    // MARK: By bytes

    private static func search(_ bytes: UnsafeRawBufferPointer, into ids: inout [String]) {
        let quote = UInt8(ascii: "\"")
        var position = 0
        while let open = bytes.place(of: quote, from: position) {
            position = open + 1
            guard beginnings.contains(where: { begins(bytes, at: open + 1, with: $0) }),
                let close = bytes.place(of: quote, from: open + 1)
            else { continue }
            position = close + 1
            if close - open > idBytesMax || isName(bytes, endingBefore: position) { continue }
            ids.append(String(decoding: bytes[(open + 1)..<close], as: UTF8.self))
        }
    }

    private static func isName(_ bytes: UnsafeRawBufferPointer, endingBefore place: Int) -> Bool {
        bytes[place...].first { $0 > 0x20 } == UInt8(ascii: ":")
    }

    private static func begins(_ bytes: UnsafeRawBufferPointer, at place: Int, with text: StaticString) -> Bool {
        let end = place + text.utf8CodeUnitCount
        return end <= bytes.count && bytes[place] == text.utf8Start[0]
            && UnsafeRawBufferPointer(rebasing: bytes[place..<end]).isText(text)
    }

    private static func hidesCharacters(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        while let slash = bytes.place(of: UInt8(ascii: "\\"), from: position) {
            position = slash + 2
            guard slash + 5 < bytes.count, bytes[slash + 1] == UInt8(ascii: "u"), bytes[slash + 2] == UInt8(ascii: "0"),
                bytes[slash + 3] == UInt8(ascii: "0")
            else { continue }
            if (UInt8(ascii: "2")...UInt8(ascii: "7")).contains(bytes[slash + 4]) { return true }
        }
        return false
    }

    // MARK: Member by member

    private static func collect(_ value: UnsafeRawBufferPointer, into ids: inout [String]) {
        switch value.first(where: { $0 > 0x20 }) {
        case UInt8(ascii: "{"):
            guard let view = JSONObjectView(value) else { return }
            for member in view.members { collect(view.value(member), into: &ids) }
        case UInt8(ascii: "["): JSONScanner.forEachElement(of: value) { collect($0, into: &ids) }
        case UInt8(ascii: "\""):
            let text = JSONText.string(value)
            if beginnings.contains(where: { text.hasPrefix($0.description) }) { ids.append(text) }
        default: break
        }
    }
}
