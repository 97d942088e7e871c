public import Core
public import NIOCore
import Wire

/// Reads a list of users and their cohorts: all of it is good, or none of it is taken.
public enum CohortImport {
    /// An object, `{"user": "cohort", ...}`.
    public static func json(_ body: ByteBuffer) throws(StoreError) -> [CohortEntry] {
        try checkSize(body.readableBytes)
        let bytes = [UInt8](body.readableBytesView)
        let read: Result<[CohortEntry], StoreError> = bytes.withUnsafeBytes { bytes in
            do throws(StoreError) { return .success(try members(of: bytes)) } catch { return .failure(error) }
        }
        return try read.get()
    }

    private static func members(of bytes: UnsafeRawBufferPointer) throws(StoreError) -> [CohortEntry] {
        var members: [JSONMember] = []
        let kind: JSONKind
        do throws(JSONError) {
            kind = try JSONScanner.scan(bytes, members: &members, membersMax: Limits.cohortImportEntriesMax)
        } catch {
            if error.reason == .tooManyMembers { throw tooMany }
            throw StoreError.invalid("line \(line(of: error.offset, in: bytes)): \(error.reason.rawValue); mend it.")
        }
        guard kind == .object else { throw StoreError.invalid(#"Send an object, {"user": "cohort", ...}."#) }
        var list = CohortList()
        for member in members {
            let user = JSONText.unescaped(UnsafeRawBufferPointer(rebasing: bytes[member.keyStart..<member.keyEnd]))
            let line = line(of: member.keyStart, in: bytes, after: &list)
            guard member.kind == .string else {
                throw StoreError.invalid("line \(line): the cohort of '\(user.prefix(24))' must be a text: quote it.")
            }
            let cohort = JSONText.string(UnsafeRawBufferPointer(rebasing: bytes[member.valueRange]))
            try list.add(user: user, cohort: cohort, line: line)
        }
        return list.entries
    }

    /// Lines of `user,cohort` (RFC 4180). A first line that says just that is their title.
    public static func csv(_ body: ByteBuffer) throws(StoreError) -> [CohortEntry] {
        try checkSize(body.readableBytes)
        guard let text = String(validating: body.readableBytesView, as: UTF8.self) else {
            throw StoreError.invalid("The list is not UTF-8 text: save it as UTF-8.")
        }
        var lines = CSVLines(text)
        var list = CohortList()
        while let (line, fields) = try lines.next() {
            if list.entries.isEmpty && fields == ["user", "cohort"] { continue }
            guard fields.count == 2 else {
                throw StoreError.invalid(
                    "line \(line): \(fields.count) fields, expected user,cohort; put a field with commas in quotes.")
            }
            try list.add(user: fields[0], cohort: fields[1], line: line)
        }
        return list.entries
    }

    private static func checkSize(_ bytes: Int) throws(StoreError) {
        guard bytes <= Limits.cohortImportBytesMax else {
            throw StoreError.invalid(
                "The list is larger than \(Limits.cohortImportBytesMax >> 20) MiB: import it in parts.")
        }
    }

    fileprivate static let tooMany = StoreError.invalid(
        "The list has more than \(Limits.cohortImportEntriesMax) users: import it in parts.")

    private static func line(of offset: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        1 + bytes[..<min(offset, bytes.count)].count { $0 == UInt8(ascii: "\n") }
    }

    /// Counts on from where the last member stood.
    private static func line(of offset: Int, in bytes: UnsafeRawBufferPointer, after list: inout CohortList) -> Int {
        list.line += bytes[list.offset..<offset].count { $0 == UInt8(ascii: "\n") }
        list.offset = offset
        return list.line
    }
}

/// What was read so far, each user once.
private struct CohortList {
    private(set) var entries: [CohortEntry] = []
    private var places: [String: Int] = [:]
    private var lines: [Int] = []
    var line = 1
    var offset = 0

    mutating func add(user: String, cohort: String, line: Int) throws(StoreError) {
        let entry = try CohortEntry(user: user, cohort: cohort, place: "line \(line): ")
        if let place = places[user] {
            guard entries[place].cohort == cohort else {
                throw StoreError.invalid(
                    "line \(line): the user '\(user.prefix(24))' stands in line \(lines[place]) too, with the cohort "
                        + "'\(entries[place].cohort)': keep one of them.")
            }
            return
        }
        guard entries.count < Limits.cohortImportEntriesMax else { throw CohortImport.tooMany }
        places[user] = entries.count
        entries.append(entry)
        lines.append(line)
    }
}

/// The lines of a comma-separated text and their fields; empty ones are passed over.
private struct CSVLines {
    private var rest: Substring.UnicodeScalarView
    private var line = 1

    init(_ text: String) {
        rest = Substring(text).unicodeScalars
        if rest.first == "\u{FEFF}" { rest.removeFirst() }
    }

    mutating func next() throws(StoreError) -> (line: Int, fields: [String])? {
        while !rest.isEmpty {
            let start = line
            var fields: [String] = []
            repeat { fields.append(try field()) } while skip(",")
            guard rest.isEmpty || skipLineEnd() else {
                throw StoreError.invalid("line \(start): something follows a closing quote: double the quotes inside.")
            }
            if fields != [""] { return (start, fields) }
        }
        return nil
    }

    private mutating func field() throws(StoreError) -> String {
        while rest.first == " " { rest.removeFirst() }
        guard rest.first == "\"" else { return plain() }
        let start = line
        rest.removeFirst()
        var result = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar == "\"" {
                guard rest.first == "\"" else {
                    while rest.first == " " { rest.removeFirst() }
                    return String(result)
                }
                rest.removeFirst()
            }
            if scalar == "\n" { line += 1 }
            result.append(scalar)
        }
        throw StoreError.invalid("line \(start): a quoted field does not end: close its quote.")
    }

    /// What has no quotes, without the spaces around it.
    private mutating func plain() -> String {
        let end = rest.firstIndex { $0 == "," || $0 == "\n" || $0 == "\r" } ?? rest.endIndex
        var field = rest[..<end]
        while field.last == " " { field.removeLast() }
        rest = rest[end...]
        return String(field)
    }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func skipLineEnd() -> Bool {
        let hasReturn = skip("\r")
        let hasFeed = skip("\n")
        if hasReturn || hasFeed { line += 1 }
        return hasReturn || hasFeed
    }
}
