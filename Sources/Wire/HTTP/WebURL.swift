import Core

/// A URL that a client wrote, as it is asked for. What readers of URLs do not agree on is refused: a host that one of
/// them checks and another one connects to would be two.
public struct WebURL: Sendable, Equatable {
    public let isTLS: Bool
    /// In lower case; a name, or an address without brackets.
    public let host: String
    public let port: Int
    /// Path and query.
    public let target: String

    /// What is wrong with a text, for a person.
    public struct Problem: Error, Equatable {
        public let message: String
    }

    public init(_ text: String) throws(Problem) {
        guard text.utf8.count <= Limits.webURLBytesMax else {
            throw Problem(message: "is longer than \(Limits.webURLBytesMax) bytes")
        }
        guard text.utf8.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "\\") }) else {
            throw Problem(message: "holds a space, a backslash, a control character or one that is not ASCII")
        }
        guard let mark = text.firstRange(of: "://") else { throw Problem(message: "is no http or https URL") }
        switch text[..<mark.lowerBound].lowercased() {
        case "https": isTLS = true
        case "http": isTLS = false
        default: throw Problem(message: "is no http or https URL")
        }
        let rest = text[mark.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { throw Problem(message: "holds a user or a password") }
        guard let (host, port) = Self.split(authority) else { throw Problem(message: "has no valid host or port") }
        self.host = host
        self.port = port ?? (isTLS ? 443 : 80)
        let target = rest[authority.endIndex...]
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
    }

    /// - Returns: nil where it is neither `HOST` nor `HOST:PORT`.
    private static func split(_ authority: Substring) -> (host: String, port: Int?)? {
        let host: Substring
        var rest: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[..<end].dropFirst()
            guard IPNetwork(String(host))?.isIPv6 == true, !host.contains("/") else { return nil }
            rest = authority[end...].dropFirst()
        } else {
            host = authority.prefix { $0 != ":" }
            guard isName(host) else { return nil }
            rest = authority[host.endIndex...]
        }
        guard !rest.isEmpty else { return (host.lowercased(), nil) }
        guard rest.removeFirst() == ":", rest.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let port = Int(rest),
            1...65535 ~= port
        else { return nil }
        return (host.lowercased(), port)
    }

    private static func isName(_ host: Substring) -> Bool {
        guard !host.isEmpty, host.utf8.count <= Limits.hostNameBytesMax else { return false }
        let labels = (host.hasSuffix(".") ? host.dropLast() : host).split(
            separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(\.isToolCharacter) }
    }
}
