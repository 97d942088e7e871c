import Core

/// Walks a JSON document once, checks all of it, and tells where the members of an object stand.
///
/// It copies nothing and builds nothing. It goes to the end, because a later duplicate of a name could change what
/// an earlier one meant. Documents are UTF-8 without a byte order mark (RFC 8259). Escapes of single surrogates are
/// let through, as that grammar does; whoever decodes the string decides.
public struct JSONScanner {
    private let base: UnsafePointer<UInt8>
    private let count: Int
    private var position = 0
    /// One bit per open level: 1 for an object, 0 for an array.
    private var levels = InlineArray<8, UInt64>(repeating: 0)
    private var depth = 0

    private init(_ bytes: UnsafeRawBufferPointer) {
        // An empty document has no address; it is never read from.
        base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? UnsafePointer(bitPattern: 1)!
        count = bytes.count
    }

    /// Checks a whole document.
    /// - Returns: what its outermost value is.
    @discardableResult
    public static func validate(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONKind {
        var scanner = JSONScanner(bytes)
        scanner.skipWhitespace()
        let kind = try scanner.skipValue()
        try scanner.expectEnd()
        return kind
    }

    /// Checks a whole document and, if its outermost value is an object, appends that object's members.
    /// - Returns: what the outermost value is.
    @discardableResult
    public static func scan(
        _ bytes: UnsafeRawBufferPointer, members: inout [JSONMember]
    ) throws(JSONError) -> JSONKind {
        try scan(bytes, members: &members, membersMax: Limits.jsonMembersMax)
    }

    /// The same for an object that may have more members than a call has.
    @discardableResult
    public static func scan(
        _ bytes: UnsafeRawBufferPointer, members: inout [JSONMember], membersMax: Int
    ) throws(JSONError) -> JSONKind {
        var scanner = JSONScanner(bytes)
        scanner.skipWhitespace()
        guard scanner.peek == UInt8(ascii: "{") else {
            let kind = try scanner.skipValue()
            try scanner.expectEnd()
            return kind
        }
        try scanner.scanObject(membersMax) { members.append($0) }
        try scanner.expectEnd()
        return .object
    }

    /// Gives the members of an object one by one and keeps none, so that it costs no memory. Meant for values inside
    /// a document that was scanned: of anything that is no whole object it gives what comes before the mistake.
    static func forEachMember(of bytes: UnsafeRawBufferPointer, _ body: (JSONMember) -> Void) {
        var scanner = JSONScanner(bytes)
        scanner.skipWhitespace()
        guard scanner.peek == UInt8(ascii: "{") else { return }
        do throws(JSONError) { try scanner.scanObject(Limits.jsonMembersMax, body) } catch { return }
    }

    /// Gives an array's elements one by one, like `forEachMember`.
    public static func forEachElement(of bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        var scanner = JSONScanner(bytes)
        do throws(JSONError) {
            try scanner.scanArray { body(UnsafeRawBufferPointer(rebasing: bytes[$0])) }
        } catch {
            return
        }
    }

    /// The places of an array's elements; empty for anything that is not a whole array.
    public static func elements(of bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
        var scanner = JSONScanner(bytes)
        var elements: [Range<Int>] = []
        do throws(JSONError) {
            try scanner.scanArray { elements.append($0) }
            try scanner.expectEnd()
        } catch {
            return []
        }
        return elements
    }

    // MARK: The outermost object or array

    @inline(__always)
    private mutating func scanObject(
        _ membersMax: Int, _ body: (JSONMember) -> Void
    ) throws(JSONError) {
        var members = 0
        position += 1
        depth = 1
        levels[0] = 1
        skipWhitespace()
        if peek == UInt8(ascii: "}") {
            position += 1
            return
        }
        while true {
            let keyIsEscaped = try skipKey()
            let key = (lastStringStart, position - 1)
            try expectColon()
            let start = position
            let kind = try skipValue()
            guard members < membersMax else { throw JSONError(.tooManyMembers, at: key.0) }
            members += 1
            body(
                JSONMember(
                    keyStart: key.0, keyEnd: key.1, valueStart: start, valueEnd: position, kind: kind,
                    keyIsEscaped: keyIsEscaped))
            skipWhitespace()
            switch try next() {
            case UInt8(ascii: ","): skipWhitespace()
            case UInt8(ascii: "}"): return
            default: throw JSONError(.unexpectedByte, at: position - 1)
            }
        }
    }

    @inline(__always)
    private mutating func scanArray(_ body: (Range<Int>) -> Void) throws(JSONError) {
        skipWhitespace()
        guard try next() == UInt8(ascii: "[") else { throw JSONError(.unexpectedByte, at: position - 1) }
        depth = 1
        skipWhitespace()
        if peek == UInt8(ascii: "]") {
            position += 1
            return
        }
        while true {
            let start = position
            try skipValue()
            body(start..<position)
            skipWhitespace()
            switch try next() {
            case UInt8(ascii: ","): skipWhitespace()
            case UInt8(ascii: "]"): return
            default: throw JSONError(.unexpectedByte, at: position - 1)
            }
        }
    }

    // MARK: Any value

    /// Skips one value that starts at `position`, however deep, without recursion.
    @discardableResult
    private mutating func skipValue() throws(JSONError) -> JSONKind {
        let outside = depth
        let kind = try skipScalarOrOpen()
        if depth == outside { return kind }
        while true {
            skipWhitespace()
            let closing: UInt8 = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
            switch try next() {
            case closing:
                depth -= 1
                if depth == outside { return kind }
            case UInt8(ascii: ","):
                skipWhitespace()
                try skipMember()
            default:
                throw JSONError(.unexpectedByte, at: position - 1)
            }
        }
    }

    /// Skips a scalar, an empty container, or enters a container and stops after its first value's start.
    @inline(__always)
    private mutating func skipScalarOrOpen() throws(JSONError) -> JSONKind {
        let first = try next()
        switch first {
        case UInt8(ascii: "\""):
            _ = try skipString()
            return .string
        case UInt8(ascii: "{"):
            try open(isObject: true)
            return .object
        case UInt8(ascii: "["):
            try open(isObject: false)
            return .array
        case UInt8(ascii: "t"):
            try skipLiteral("rue")
            return .yes
        case UInt8(ascii: "f"):
            try skipLiteral("alse")
            return .no
        case UInt8(ascii: "n"):
            try skipLiteral("ull")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try skipNumber(first)
            return .number
        default:
            throw JSONError(.unexpectedByte, at: position - 1)
        }
    }

    /// Enters containers for as long as their first value opens another one, so that nesting costs no recursion.
    private mutating func open(isObject first: Bool) throws(JSONError) {
        var opensObject = first
        while true {
            guard depth < Limits.jsonDepthMax else { throw JSONError(.tooDeep, at: position - 1) }
            setLevel(isObject: opensObject)
            depth += 1
            skipWhitespace()
            if peek == (opensObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                position += 1
                depth -= 1
                return
            }
            if opensObject {
                _ = try skipKey()
                try expectColon()
            }
            switch peek {
            case UInt8(ascii: "{"): opensObject = true
            case UInt8(ascii: "["): opensObject = false
            default:
                _ = try skipScalarOrOpen()
                return
            }
            position += 1
        }
    }

    /// What follows a comma inside the innermost container: its containers are entered, not finished.
    private mutating func skipMember() throws(JSONError) {
        if isObject {
            _ = try skipKey()
            try expectColon()
        }
        _ = try skipScalarOrOpen()
    }

    private var isObject: Bool { levels[(depth - 1) >> 6] & (1 << UInt64((depth - 1) & 63)) != 0 }

    private mutating func setLevel(isObject: Bool) {
        let bit: UInt64 = 1 << UInt64(depth & 63)
        if isObject { levels[depth >> 6] |= bit } else { levels[depth >> 6] &= ~bit }
    }

    // MARK: Tokens

    private var lastStringStart = 0

    private var peek: UInt8 { position < count ? base[position] : 0 }

    @inline(__always)
    private mutating func next() throws(JSONError) -> UInt8 {
        guard position < count else { throw JSONError(.unexpectedEnd, at: count) }
        defer { position += 1 }
        return base[position]
    }

    @inline(__always)
    private mutating func skipWhitespace() {
        while position < count {
            switch base[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func expectEnd() throws(JSONError) {
        skipWhitespace()
        guard position == count else { throw JSONError(.trailingBytes, at: position) }
    }

    private mutating func expectColon() throws(JSONError) {
        skipWhitespace()
        guard try next() == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: position - 1) }
        skipWhitespace()
    }

    /// - Returns: whether the name has escapes. Its first byte stands at `lastStringStart`, its quote before
    ///   `position`.
    private mutating func skipKey() throws(JSONError) -> Bool {
        guard try next() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: position - 1) }
        return try skipString()
    }

    private mutating func skipLiteral(_ rest: StaticString) throws(JSONError) {
        for index in 0..<rest.utf8CodeUnitCount {
            guard try next() == rest.utf8Start[index] else { throw JSONError(.unexpectedByte, at: position - 1) }
        }
    }

    private mutating func skipNumber(_ first: UInt8) throws(JSONError) {
        var first = first
        if first == UInt8(ascii: "-") {
            first = try next()
            guard isDigit(first) else { throw JSONError(.badNumber, at: position - 1) }
        }
        if first == UInt8(ascii: "0") {
            if isDigit(peek) { throw JSONError(.badNumber, at: position) }
        } else {
            while isDigit(peek) { position += 1 }
        }
        if peek == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        if peek | 0x20 == UInt8(ascii: "e") {
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws(JSONError) {
        guard isDigit(peek) else { throw JSONError(.badNumber, at: position) }
        while isDigit(peek) { position += 1 }
    }

    @inline(__always)
    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    // MARK: Strings

    /// Skips to after the closing quote. Plain text goes by eight bytes at a time.
    /// - Returns: whether there were escapes.
    private mutating func skipString() throws(JSONError) -> Bool {
        lastStringStart = position
        var hasEscapes = false
        while true {
            skipPlain()
            guard position < count else { throw JSONError(.unexpectedEnd, at: count) }
            let byte = base[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return hasEscapes
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try skipEscape()
            case 0..<0x20:
                throw JSONError(.controlCharacter, at: position)
            default:
                try skipMultiByte()
            }
        }
    }

    /// Skips bytes that are ASCII, no quote, no backslash and no control character.
    @inline(__always)
    private mutating func skipPlain() {
        while position + ByteWord.byteCount <= count {
            let marks = ByteWord.marksOfStringSpecials(ByteWord.load(base + position))
            if marks != 0 {
                position += ByteWord.first(marks)
                return
            }
            position += ByteWord.byteCount
        }
        while position < count, JSONScanner.isPlain(base[position]) { position += 1 }
    }

    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte &- 0x20 < 0x60 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func skipEscape() throws(JSONError) {
        let start = position
        position += 1
        switch try next() {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"):
            for _ in 0..<4 {
                let digit = try next()
                guard isDigit(digit) || (digit | 0x20) &- UInt8(ascii: "a") < 6 else {
                    throw JSONError(.badEscape, at: start)
                }
            }
        default:
            throw JSONError(.badEscape, at: start)
        }
    }

    /// Skips the multi-byte characters that stand here, each checked against RFC 3629, section 4.
    private mutating func skipMultiByte() throws(JSONError) {
        while position < count, base[position] > 0x7F {
            let length: Int
            let second: ClosedRange<UInt8>
            switch base[position] {
            case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
            case 0xE0: (length, second) = (3, 0xA0...0xBF)
            case 0xE1...0xEC, 0xEE, 0xEF: (length, second) = (3, 0x80...0xBF)
            case 0xED: (length, second) = (3, 0x80...0x9F)
            case 0xF0: (length, second) = (4, 0x90...0xBF)
            case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
            case 0xF4: (length, second) = (4, 0x80...0x8F)
            default: throw JSONError(.invalidUTF8, at: position)
            }
            guard position + length <= count, second.contains(base[position + 1]) else {
                throw JSONError(.invalidUTF8, at: position)
            }
            for offset in 2..<max(length, 2) where base[position + offset] & 0xC0 != 0x80 {
                throw JSONError(.invalidUTF8, at: position)
            }
            position += length
        }
    }
}
