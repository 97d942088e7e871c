public import NIOCore

/// The files that a body names: what stands in members called `file_id`, at whatever depth.
///
/// The bytes are looked through for the name; only a body in which a printable character is escaped, as no library
/// writes them, is read member by member.
public enum FileReferences {
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
        var position = 0
        while let found = placeAfterName(bytes, from: position) {
            position = found
            while position < bytes.count, bytes[position] <= 0x20 || bytes[position] == UInt8(ascii: ":") {
                position += 1
            }
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { continue }
            let rest = bytes[(position + 1)...]
            guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return }
            ids.append(String(decoding: rest[..<end], as: UTF8.self))
            position = end
        }
    }

    /// The name is looked for by its underscore, which text seldom has.
    private static func placeAfterName(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        let name: StaticString = "\"file_id\""
        let charactersBefore = 5
        var position = start
        while let underscore = bytes.place(of: UInt8(ascii: "_"), from: position) {
            position = underscore + 1
            let first = underscore - charactersBefore
            let end = first + name.utf8CodeUnitCount
            guard first >= start, end <= bytes.count else { continue }
            if UnsafeRawBufferPointer(rebasing: bytes[first..<end]).isText(name) { return end }
        }
        return nil
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
        guard let view = JSONObjectView(value) else {
            if value.first(where: { $0 > 0x20 }) == UInt8(ascii: "[") {
                JSONScanner.forEachElement(of: value) { collect($0, into: &ids) }
            }
            return
        }
        for member in view.members {
            switch member.kind {
            case .string: if view.key(member) == "file_id" { ids.append(JSONText.string(view.value(member))) }
            case .object, .array: collect(view.value(member), into: &ids)
            default: break
            }
        }
    }
}
