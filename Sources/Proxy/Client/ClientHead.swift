import Core
import NIOCore
import NIOHTTP1
import Wire

/// What one pass over the fields of a request's head finds: everything the gateway acts on, and the fields that go
/// upstream as they came.
struct ClientHead {
    private(set) var credential: String?
    private(set) var hasTwoCredentials = false
    private(set) var host: String?
    private(set) var origin: String?
    private(set) var expectsContinue = false
    private(set) var contentEncoding: String?
    private(set) var contentLength: Int?
    private(set) var hasAnthropicVersion = false
    private(set) var hasContentType = false
    private(set) var hasUserAgent = false
    private(set) var timeoutMilliseconds: String?
    private(set) var forwardedFor: String?
    /// Tags from headers, in order; names without their prefix.
    private(set) var tags: [(name: String, value: String)] = []
    private(set) var claudeCodeSession: String?

    init(_ head: HTTPRequestHead) {
        for (name, value) in head.headers { take(Self.lowercased(name), value) }
    }

    private mutating func take(_ name: String, _ value: String) {
        switch name.utf8.count {
        case 4 where name == "host": host = value
        case 6 where name == "origin": origin = value
        case 6 where name == "expect": expectsContinue = value.lowercased() == "100-continue"
        case 7 where name == "api-key": offer(value)
        case 9 where name == "x-api-key": offer(value)
        case 10 where name == "user-agent": hasUserAgent = true
        case 12 where name == "content-type": hasContentType = true
        case 13 where name == "authorization": offer(Self.bearer(value))
        case 14 where name == "x-goog-api-key": offer(value)
        case 14 where name == "content-length": contentLength = Int(value)
        case 15 where name == "x-forwarded-for": forwardedFor = value
        case 16 where name == "content-encoding": contentEncoding = value.lowercased()
        case 17 where name == "anthropic-version": hasAnthropicVersion = true
        case 24 where name == "x-claude-code-session-id": claudeCodeSession = value
        default: if name.hasPrefix("x-headgate-") { takeOwn(name.dropFirst("x-headgate-".count), value) }
        }
    }

    private mutating func takeOwn(_ name: Substring, _ value: String) {
        switch name {
        case "timeout-ms": timeoutMilliseconds = value
        case "feature", "user", "session", "environment", "prompt": tags.append((name: String(name), value: value))
        default: if name.hasPrefix("tag-") { tags.append((name: String(name.dropFirst(4)), value: value)) }
        }
    }

    /// An empty field is no credential: SDKs send one where they have no key.
    private mutating func offer(_ token: String) {
        guard !token.isEmpty else { return }
        if let credential, credential != token { hasTwoCredentials = true }
        credential = token
    }

    private static func bearer(_ value: String) -> String {
        let prefix = "bearer "
        guard value.utf8.count > prefix.utf8.count, value.prefix(prefix.count).lowercased() == prefix else { return value }
        return String(value.dropFirst(prefix.count).drop { $0 == " " })
    }

    /// Names mostly come in lower case already, and those cost nothing.
    static func lowercased(_ name: String) -> String {
        name.utf8.contains { $0 &- UInt8(ascii: "A") < 26 } ? name.lowercased() : name
    }
}
