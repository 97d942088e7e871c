import Plan

/// Whom a request is meant for, by its own word.
enum HostName {
    /// - Parameter field: the value of a `host` field.
    static func isThisMachine(_ field: String) -> Bool {
        var name = Substring(field.lowercased())
        if name.hasPrefix("[") { return name == "[::1]" || name.hasPrefix("[::1]:") }
        if let colon = name.lastIndex(of: ":") { name = name[..<colon] }
        return name == "localhost" || ListenAddress(host: String(name), port: 0).isLoopback
    }
}
