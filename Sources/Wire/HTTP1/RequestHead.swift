import NIOCore

/// A request's method; those that are not served anywhere are `other`.
public enum RequestMethod: String, Sendable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
    case patch = "PATCH"
    case options = "OPTIONS"
    case other = "OTHER"

    static let known = allCases.filter { $0 != .other }
}

/// The head of a client's request, checked: one reading of it is possible.
public struct RequestHead: Sendable {
    public let method: RequestMethod
    public private(set) var fields: HeaderFields
    /// HTTP/1.1; otherwise 1.0.
    public let isHTTP11: Bool
    public let framing: BodyFraming
    public let keepsAlive: Bool
    private var methodPlace: Place
    private var pathPlace: Place
    /// Empty when there is no query, or an empty one.
    private var queryPlace: Place

    /// - Parameter head: the whole head with its blank line.
    init(_ head: ByteBuffer, fieldsMax: Int) throws(MalformedMessage) {
        let (start, facts, lines) = try HeadScanner.scan(head, fieldsMax: fieldsMax, StartLine.init)
        guard facts.contentLength == nil || !facts.isChunked else { throw .bothFramings }
        guard start.isHTTP11 || !facts.isChunked else { throw .transferEncoding }
        method = start.method
        methodPlace = Place(start.methodRange)
        pathPlace = Place(start.pathRange)
        queryPlace = Place(start.queryRange)
        isHTTP11 = start.isHTTP11
        fields = HeaderFields(bytes: head, lines: lines)
        framing = facts.isChunked ? .chunked : facts.contentLength.map { $0 > 0 ? .length($0) : .none } ?? .none
        keepsAlive = start.isHTTP11 ? !facts.saysClose : facts.saysKeepAlive && !facts.saysClose
    }

    /// Lets go of the bytes: from now on there are no fields and no target.
    public mutating func forget() {
        fields = HeaderFields()
        methodPlace = .none
        pathPlace = .none
        queryPlace = .none
    }

    /// The method as it came.
    public var methodText: String { method == .other ? fields.text(methodPlace) : method.rawValue }

    /// The request target without its query, as it came.
    public var path: String { fields.text(pathPlace) }

    public func withPath<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        fields.withBytes(pathPlace, body)
    }

    /// What follows the first `?` of the target; nil when that is nothing.
    public var query: String? { queryPlace.isEmpty ? nil : fields.text(queryPlace) }

    /// Whether the query has a member of this name.
    public func hasQuery(_ name: StaticString) -> Bool {
        !queryPlace.isEmpty
            && fields.withBytes(queryPlace) { query in
                query.split(separator: UInt8(ascii: "&")).contains { part in
                    let key = part.prefix { $0 != UInt8(ascii: "=") }
                    return UnsafeRawBufferPointer(rebasing: key).isText(name)
                }
            }
    }

    /// The value of `key` in the query: where Gemini's clients bring their credential.
    public var keyPlace: Place? { queryValue("key=") }

    /// `alt=sse` in the query: how Gemini's clients ask for a stream of events.
    public var asksForEvents: Bool {
        queryValue("alt=").map { fields.withBytes($0) { $0.elementsEqual("sse".utf8) } } ?? false
    }

    /// - Parameter name: with its equals sign.
    private func queryValue(_ name: String) -> Place? {
        guard !queryPlace.isEmpty else { return nil }
        let start = queryPlace.range.lowerBound
        return fields.withBytes(queryPlace) { query in
            for part in query.split(separator: UInt8(ascii: "&")) where part.starts(with: name.utf8) {
                return Place((start + part.startIndex + name.utf8.count)..<(start + part.endIndex))
            }
            return nil
        }
    }
}

/// `METHOD TARGET HTTP/1.x`, taken apart.
private struct StartLine {
    let method: RequestMethod
    let methodRange: Range<Int>
    let pathRange: Range<Int>
    let queryRange: Range<Int>
    let isHTTP11: Bool

    init(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) throws(MalformedMessage) {
        var position = line.lowerBound
        while position < line.upperBound, Token.contains(bytes[position]) { position += 1 }
        methodRange = line.lowerBound..<position
        guard !methodRange.isEmpty, position < line.upperBound, bytes[position] == 0x20 else { throw .startLine }
        let targetStart = position + 1
        position = targetStart
        var query: Int?
        while position < line.upperBound, bytes[position] > 0x20, bytes[position] < 0x7F {
            if query == nil, bytes[position] == UInt8(ascii: "?") { query = position }
            position += 1
        }
        let target = UnsafeRawBufferPointer(rebasing: bytes[targetStart..<position])
        let pathStart = targetStart + StartLine.authorityEnd(target)
        pathRange = min(pathStart, query ?? position)..<(query ?? position)
        queryRange = (query.map { $0 + 1 } ?? position)..<position
        guard position > targetStart, position < line.upperBound, bytes[position] == 0x20 else { throw .startLine }
        let version = UnsafeRawBufferPointer(rebasing: bytes[(position + 1)..<line.upperBound])
        isHTTP11 = try StartLine.isHTTP11(version)
        method = StartLine.method(UnsafeRawBufferPointer(rebasing: bytes[methodRange]))
    }

    /// Where the path begins in `http://host/path`, which every server must take (RFC 9112, section 3.2.2); 0 for a
    /// target that is a path.
    private static func authorityEnd(_ target: UnsafeRawBufferPointer) -> Int {
        guard target.first != UInt8(ascii: "/") else { return 0 }
        for scheme in ["http://", "https://"] where target.starts(with: scheme.utf8) {
            let slash = target[scheme.utf8.count...].firstIndex(of: UInt8(ascii: "/"))
            return slash ?? target.count
        }
        return 0
    }

    private static func isHTTP11(_ version: UnsafeRawBufferPointer) throws(MalformedMessage) -> Bool {
        guard version.count == 8, version.starts(with: "HTTP/".utf8) else { throw .startLine }
        guard version[5] == UInt8(ascii: "1"), version[6] == UInt8(ascii: "."),
            version[7] == UInt8(ascii: "0") || version[7] == UInt8(ascii: "1")
        else { throw .version }
        return version[7] == UInt8(ascii: "1")
    }

    /// Methods are case-sensitive (RFC 9110, section 9.1).
    private static func method(_ text: UnsafeRawBufferPointer) -> RequestMethod {
        if text.elementsEqual("POST".utf8) { return .post }
        return RequestMethod.known.first { text.elementsEqual($0.rawValue.utf8) } ?? .other
    }
}
