import Core
import Wire

/// What one pass over the fields of a request's head finds: everything the gateway acts on, as places in the head.
struct ClientHead {
    let fields: HeaderFields
    private var credential: Range<Int>?
    private(set) var hasTwoCredentials = false
    private var hostRange: Range<Int>?
    private var originRange: Range<Int>?
    private var encodingRange: Range<Int>?
    private var timeoutRange: Range<Int>?
    private var forwardedForRange: Range<Int>?
    private var sessionRange: Range<Int>?
    private var connectionRanges: [Range<Int>] = []
    private var tagLines: [HeaderFields.Line] = []
    private(set) var expectsContinue = false
    private(set) var hasAnthropicVersion = false
    private(set) var hasContentType = false
    private(set) var hasUserAgent = false

    init(_ fields: HeaderFields) {
        self.fields = fields
        for line in fields.lines { take(line) }
    }

    private mutating func take(_ line: HeaderFields.Line) {
        switch line.name {
        case .host: hostRange = line.valueRange
        case .origin: originRange = line.valueRange
        case .expect: expectsContinue = fields.text(line.valueRange).lowercased() == "100-continue"
        case .apiKey, .xAPIKey, .googleAPIKey: offer(line.valueRange)
        case .authorization: offer(bearer(line.valueRange))
        case .userAgent: hasUserAgent = true
        case .contentType: hasContentType = true
        case .xForwardedFor: forwardedForRange = line.valueRange
        case .contentEncoding: encodingRange = line.valueRange
        case .anthropicVersion: hasAnthropicVersion = true
        case .claudeCodeSession: sessionRange = line.valueRange
        case .connection: connectionRanges.append(line.valueRange)
        case .headgateFamily: takeOwn(line)
        default: break
        }
    }

    private mutating func takeOwn(_ line: HeaderFields.Line) {
        if ownName(line) == "timeout-ms" { timeoutRange = line.valueRange } else { tagLines.append(line) }
    }

    /// What follows `x-headgate-`, in lower case.
    private func ownName(_ line: HeaderFields.Line) -> Substring {
        fields.lowercasedName(line).dropFirst("x-headgate-".count)
    }

    /// An empty field is no credential: SDKs send one where they have no key.
    private mutating func offer(_ token: Range<Int>) {
        guard !token.isEmpty else { return }
        if let credential, !hasSameBytes(credential, token) { hasTwoCredentials = true }
        credential = token
    }

    private func hasSameBytes(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
        fields.withBytes(a) { a in fields.withBytes(b) { a.elementsEqual($0) } }
    }

    private func bearer(_ value: Range<Int>) -> Range<Int> {
        let scheme = "bearer ".utf8
        guard value.count > scheme.count else { return value }
        return fields.withBytes(value) { bytes in
            guard zip(bytes, scheme).allSatisfy({ $0 | 0x20 == $1 }) else { return value }
            let spaces = bytes.dropFirst(scheme.count).prefix { $0 == 0x20 }.count
            return (value.lowerBound + scheme.count + spaces)..<value.upperBound
        }
    }

    // MARK: What was found

    var hasCredential: Bool { credential != nil }

    /// - Returns: nil when there is no credential.
    func withCredential<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        credential.map { fields.withBytes($0, body) }
    }

    var hasHost: Bool { hostRange != nil }
    var host: String? { hostRange.map(fields.text) }
    var origin: String? { originRange.map(fields.text) }
    /// In lower case.
    var contentEncoding: String? { encodingRange.map { fields.text($0).lowercased() } }
    var timeoutMilliseconds: String? { timeoutRange.map(fields.text) }
    var forwardedFor: String? { forwardedForRange.map(fields.text) }
    var claudeCodeSession: String? { sessionRange.map(fields.text) }

    /// Tags from headers, in order; names without their prefix.
    var tags: [(name: String, value: String)] {
        if tagLines.isEmpty { return [] }
        return tagLines.compactMap { line in
            let name = ownName(line)
            switch name {
            case "feature", "user", "session", "environment", "prompt": return (String(name), fields.text(line.valueRange))
            default: return name.hasPrefix("tag-") ? (String(name.dropFirst(4)), fields.text(line.valueRange)) : nil
            }
        }
    }

    /// Whether the client's `connection` names this field, which then concerns that connection only.
    func isNamedByConnection(_ line: HeaderFields.Line) -> Bool {
        if connectionRanges.isEmpty { return false }
        let name = fields.lowercasedName(line)
        return connectionRanges.contains { range in
            fields.text(range).split(separator: ",").contains { token in
                token.lowercased().filter { $0 != " " && $0 != "\t" } == name
            }
        }
    }
}
