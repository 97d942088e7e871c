/// Reads single values out of a document that the scanner has checked.
public enum JSONText {
    /// The characters of a string.
    ///
    /// - Parameter bytes: the string with its quotes. An escaped single surrogate becomes U+FFFD.
    public static func string(_ bytes: UnsafeRawBufferPointer) -> String {
        guard bytes.count >= 2 else { return "" }
        return unescaped(UnsafeRawBufferPointer(rebasing: bytes[1..<(bytes.count - 1)]))
    }

    /// The characters of a string's inside.
    public static func unescaped(_ bytes: UnsafeRawBufferPointer) -> String {
        guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
        var units: [UInt16] = []
        var result = ""
        var plain: [UInt8] = []
        var index = 0
        func flushPlain() {
            result += String(decoding: plain, as: UTF8.self)
            plain.removeAll(keepingCapacity: true)
        }
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count else {
                plain.append(bytes[index])
                index += 1
                continue
            }
            let escape = bytes[index + 1]
            guard escape == UInt8(ascii: "u") else {
                plain.append(character(ofEscape: escape))
                index += 2
                continue
            }
            flushPlain()
            units.removeAll(keepingCapacity: true)
            while index + 5 < bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") {
                units.append(hexadecimal(bytes[(index + 2)..<(index + 6)]))
                index += 6
            }
            if units.isEmpty { break }
            result += String(decoding: units, as: UTF16.self)
        }
        flushPlain()
        return result
    }

    /// A whole number of at most 18 digits; nil for fractions, exponents and anything larger.
    public static func integer(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var digits = bytes[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        var value = 0
        for byte in digits {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return isNegative ? -value : value
    }

    private static func character(ofEscape escape: UInt8) -> UInt8 {
        switch escape {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: escape
        }
    }

    private static func hexadecimal(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt16 {
        digits.reduce(0) { value, byte in
            let digit = byte < UInt8(ascii: "A") ? byte &- UInt8(ascii: "0") : (byte | 0x20) &- UInt8(ascii: "a") + 10
            return value << 4 | UInt16(digit & 0x0F)
        }
    }
}

/// An object whose members were scanned, over the bytes it was scanned from. Valid only while those are.
public struct JSONObjectView {
    public let bytes: UnsafeRawBufferPointer
    public let members: [JSONMember]

    /// nil when the bytes are not an object.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        var members: [JSONMember] = []
        members.reserveCapacity(8)
        do throws(JSONError) {
            guard try JSONScanner.scan(bytes, members: &members) == .object else { return nil }
        } catch {
            return nil
        }
        self.bytes = bytes
        self.members = members
    }

    /// The last member of this name: the one that readers take.
    public func member(_ name: StaticString) -> JSONMember? {
        members.last { isNamed($0, name) }
    }

    public func isNamed(_ member: JSONMember, _ name: StaticString) -> Bool { bytes.isNamed(member, name) }

    public func key(_ member: JSONMember) -> String {
        JSONText.unescaped(UnsafeRawBufferPointer(rebasing: bytes[member.keyStart..<member.keyEnd]))
    }

    public func value(_ member: JSONMember) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[member.valueRange])
    }

    public func string(_ name: StaticString) -> String? {
        guard let member = member(name), member.kind == .string else { return nil }
        return JSONText.string(value(member))
    }

    public func integer(_ name: StaticString) -> Int? {
        guard let member = member(name), member.kind == .number else { return nil }
        return JSONText.integer(value(member))
    }

    public func object(_ name: StaticString) -> JSONObjectView? {
        guard let member = member(name), member.kind == .object else { return nil }
        return JSONObjectView(value(member))
    }
}

extension UnsafeRawBufferPointer {
    /// Whether a member of the object that stands here has this name.
    func isNamed(_ member: JSONMember, _ name: StaticString) -> Bool {
        let key = UnsafeRawBufferPointer(rebasing: self[member.keyStart..<member.keyEnd])
        if member.keyIsEscaped { return JSONText.unescaped(key) == name.description }
        return key.isText(name)
    }

    /// Whether these are the bytes of a text.
    func isText(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount
            && elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// The name of a member of the object that stands here, as written.
    func name(_ member: JSONMember) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[member.keyStart..<member.keyEnd])
    }

    /// The value of a member of the object that stands here.
    func value(_ member: JSONMember) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[member.valueRange])
    }

    /// The inside of the string that stands here, with its escapes.
    var insideQuotes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: dropFirst().dropLast()) }
}
