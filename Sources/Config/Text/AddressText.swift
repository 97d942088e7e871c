import Core
public import Plan

/// Reads `HOST:PORT`, with an IPv6 address in brackets.
public enum AddressText {
    /// - Returns: nil when it is not such an address. Port 0 stands for any free one.
    public static func parse(_ text: String) -> ListenAddress? {
        guard let (host, port) = split(text), let port else { return nil }
        return ListenAddress(host: host, port: port)
    }

    /// Takes `HOST` or `HOST:PORT` apart: the host in lower case and without brackets.
    static func split(_ text: String) -> (host: String, port: Int?)? {
        let host: Substring
        let rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[..<end].dropFirst()
            guard isIPv6(host) else { return nil }
            rest = text[text.index(after: end)...]
        } else {
            host = text.prefix { $0 != ":" }
            guard Characters.isHostName(host) else { return nil }
            rest = text[host.endIndex...]
        }
        guard !rest.isEmpty else { return (host.lowercased(), nil) }
        guard rest.hasPrefix(":"), let port = port(rest.dropFirst()) else { return nil }
        return (host.lowercased(), port)
    }

    private static func port(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy(Characters.isDigit), let port = Int(text),
            port <= ConfigLimits.ports.upperBound
        else { return nil }
        return port
    }

    static func isIPv6(_ text: some StringProtocol) -> Bool { IPNetwork(String(text))?.isIPv6 == true }
}
