import Plan

/// Reads the URLs of upstreams and proxies. What is wrong is told without the text, which may hold a password.
enum URLText {
    struct Problem: Error, Equatable {
        let message: String
    }

    struct Parts: Sendable, Equatable {
        var scheme: String
        var user: String?
        var host: String
        var port: Int?
        /// Empty, or beginning with a slash.
        var path: String
        var hasQuery = false
        var hasFragment = false

        /// The port, or that of the scheme.
        var portOrDefault: Int { port ?? (scheme == "https" ? 443 : 80) }
    }

    /// Takes `scheme://[user@]host[:port][/path][?query][#fragment]` apart.
    static func parts(_ text: String) throws(Problem) -> Parts {
        guard text.utf8.allSatisfy(Characters.isVisible) else {
            throw Problem(message: "the URL holds a space, a control character or one that is not ASCII")
        }
        guard let separator = text.firstRange(of: "://") else {
            throw Problem(message: "expected a URL such as https://host/path")
        }
        let scheme = text[..<separator.lowerBound].lowercased()
        var rest = text[separator.upperBound...]
        var hasQuery = false
        var hasFragment = false
        if let mark = rest.firstIndex(of: "#") {
            hasFragment = true
            rest = rest[..<mark]
        }
        if let mark = rest.firstIndex(of: "?") {
            hasQuery = true
            rest = rest[..<mark]
        }
        let pathStart = rest.firstIndex(of: "/") ?? rest.endIndex
        let path = rest[pathStart...]
        var authority = rest[..<pathStart]
        var user: String?
        if let at = authority.lastIndex(of: "@") {
            user = String(authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        guard let (host, port) = AddressText.split(String(authority)), port != 0 else {
            throw Problem(message: "the URL has no valid host or port")
        }
        return Parts(
            scheme: scheme, user: user, host: host, port: port, path: String(path), hasQuery: hasQuery,
            hasFragment: hasFragment)
    }

    /// A provider's `base_url`: where it listens, and the path without a trailing slash.
    static func baseURL(_ text: String) throws(Problem) -> BaseURL {
        let parts = try parts(text)
        guard parts.scheme == "http" || parts.scheme == "https" else {
            throw Problem(message: "expected a URL that begins with http:// or https://")
        }
        guard parts.user == nil else {
            throw Problem(message: "a base URL must not hold a user or password; write the credential as 'api_key'")
        }
        guard !parts.hasQuery else { throw Problem(message: "a base URL must not hold a query") }
        guard !parts.hasFragment else { throw Problem(message: "a base URL must not hold a fragment") }
        var path = parts.path[...]
        while path.hasSuffix("/") { path = path.dropLast() }
        let origin = Origin(isTLS: parts.scheme == "https", host: parts.host, port: parts.portOrDefault)
        return BaseURL(origin: origin, path: String(path))
    }
}

/// A `base_url`, taken apart.
struct BaseURL: Sendable, Equatable {
    let origin: Origin
    /// Empty, or beginning with a slash and not ending in one.
    var path: String
}
