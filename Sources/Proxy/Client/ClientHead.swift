import Core
import Wire

/// What one pass over the fields of a request's head finds: everything the gateway acts on, as places in the head.
struct ClientHead {
    let fields: HeaderFields
    private var credential: Place?
    private(set) var hasTwoCredentials = false
    private var hostPlace: Place?
    private var originPlace: Place?
    private var encodingPlace: Place?
    private var timeoutPlace: Place?
    private var translationPlace: Place?
    private var priorityPlace: Place?
    private var providerPlace: Place?
    private var forwardedForPlace: Place?
    private var sessionPlace: Place?
    private var traceParentPlace: Place?
    private var tagLines: [HeaderFields.Line] = []
    private(set) var expectsContinue = false
    private var versionPlace: Place?
    /// Anthropic's `anthropic-beta` was sent.
    private(set) var hasBetas = false
    /// The key came where Gemini's clients bring it.
    private(set) var hasGoogleKey = false
    /// Gemini's way to ask for a stream of events: `alt=sse` in the query.
    private(set) var asksForEvents = false
    /// A stream whose events are numbered, so that the client can go on with it where its connection is lost.
    private(set) var wantsResumableStream = false
    private(set) var hasContentType = false
    private(set) var hasUserAgent = false
    /// A browser asks whether a page may send a request.
    private(set) var asksForPage = false
    private var askedHeadersPlace: Place?

    init(_ request: RequestHead) {
        fields = request.fields
        for line in fields.lines { take(line) }
        if let key = request.keyPlace {
            offer(key)
            hasGoogleKey = true
        }
        asksForEvents = request.asksForEvents
    }

    private mutating func take(_ line: HeaderFields.Line) {
        switch line.name {
        case .host: hostPlace = line.valuePlace
        case .origin: originPlace = line.valuePlace
        case .expect: expectsContinue = fields.text(line.valuePlace).lowercased() == "100-continue"
        case .apiKey, .xAPIKey: offer(line.valuePlace)
        case .googleAPIKey:
            offer(line.valuePlace)
            hasGoogleKey = true
        case .authorization: offer(bearer(line.valuePlace))
        case .userAgent: hasUserAgent = true
        case .contentType: hasContentType = true
        case .xForwardedFor: forwardedForPlace = line.valuePlace
        case .contentEncoding: encodingPlace = line.valuePlace
        case .anthropicVersion: versionPlace = line.valuePlace
        case .anthropicBeta: hasBetas = true
        case .traceparent: traceParentPlace = line.valuePlace
        case .claudeCodeSession, .codexSession: sessionPlace = line.valuePlace
        case .accessControlRequestMethod: asksForPage = true
        case .accessControlRequestHeaders: askedHeadersPlace = line.valuePlace
        case .headgateFamily: takeOwn(line)
        default: break
        }
    }

    private mutating func takeOwn(_ line: HeaderFields.Line) {
        switch ownName(line) {
        case "timeout-ms": timeoutPlace = line.valuePlace
        case "translation": translationPlace = line.valuePlace
        case "priority": priorityPlace = line.valuePlace
        case "provider": providerPlace = line.valuePlace
        case "resumable": wantsResumableStream = fields.text(line.valuePlace) == "true"
        default: tagLines.append(line)
        }
    }

    /// What follows `x-headgate-`, in lower case.
    private func ownName(_ line: HeaderFields.Line) -> Substring {
        fields.lowercasedName(line).dropFirst("x-headgate-".count)
    }

    /// An empty field is no credential: SDKs send one where they have no key.
    private mutating func offer(_ token: Place) {
        guard !token.isEmpty else { return }
        if let credential, !hasSameBytes(credential, token) { hasTwoCredentials = true }
        credential = token
    }

    private func hasSameBytes(_ a: Place, _ b: Place) -> Bool {
        fields.withBytes(a) { a in fields.withBytes(b) { a.elementsEqual($0) } }
    }

    private func bearer(_ value: Place) -> Place {
        let scheme = "bearer ".utf8
        guard value.count > scheme.count else { return value }
        return fields.withBytes(value) { bytes in
            guard zip(bytes, scheme).allSatisfy({ $0 | 0x20 == $1 }) else { return value }
            let spaces = bytes.dropFirst(scheme.count).prefix { $0 == 0x20 }.count
            return value.dropFirst(scheme.count + spaces)
        }
    }

    // MARK: What was found

    var hasCredential: Bool { credential != nil }

    /// - Returns: nil when there is no credential.
    func withCredential<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        credential.map { fields.withBytes($0, body) }
    }

    var hasHost: Bool { hostPlace != nil }
    var host: String? { hostPlace.map(fields.text) }
    var origin: String? { originPlace.map(fields.text) }
    /// In lower case.
    var contentEncoding: String? { encodingPlace.map { fields.text($0).lowercased() } }
    /// The fields that a page wants to send, as its browser lists them.
    var askedHeaders: String? { askedHeadersPlace.map(fields.text) }
    /// Which provider is to keep what the call makes.
    var provider: String? { providerPlace.map(fields.text) }
    var priority: String? { priorityPlace.map(fields.text) }
    var translation: String? { translationPlace.map(fields.text) }
    var timeoutMilliseconds: String? { timeoutPlace.map(fields.text) }
    var forwardedFor: String? { forwardedForPlace.map(fields.text) }
    var hasAnthropicVersion: Bool { versionPlace != nil }
    var anthropicVersion: String? { versionPlace.map(fields.text) }
    /// The client's own span, where it sent a well-formed one.
    var traceParent: TraceParent? { traceParentPlace.flatMap { fields.withBytes($0) { TraceParent($0) } } }
    /// Claude Code's or Codex's own name of a session.
    var clientSession: String? { sessionPlace.map(fields.text) }

    /// Tags from headers, in order; names without their prefix.
    var tags: [(name: String, value: String)] {
        if tagLines.isEmpty { return [] }
        return tagLines.compactMap { line in
            let name = ownName(line)
            switch name {
            case "feature", "user", "session", "environment", "prompt":
                return (String(name), fields.text(line.valuePlace))
            default: return name.hasPrefix("tag-") ? (String(name.dropFirst(4)), fields.text(line.valuePlace)) : nil
            }
        }
    }
}
