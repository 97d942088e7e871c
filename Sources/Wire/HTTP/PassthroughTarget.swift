public import Core

/// The request target of `/providers/{name}/{path}`, taken apart without being decoded: the path is judged as it
/// will be sent.
public struct PassthroughTarget: Sendable, Equatable {
    public let provider: String
    /// With its leading slash.
    public let path: String
    /// With its leading `?`; empty when there is none.
    public let query: String

    /// - Parameters:
    ///   - rest: what follows `/providers/`, as it came.
    ///   - query: what follows the first `?`, or nil.
    public init(rest: String, query: String?) throws(GatewayError) {
        guard let slash = rest.firstIndex(of: "/"), slash > rest.startIndex else {
            throw GatewayError(.notFound, "Expected /providers/{name}/{path}.")
        }
        provider = String(rest[..<slash])
        path = String(rest[slash...])
        // The client's own credential ends here.
        let kept = QueryText.parts(query).filter { $0.name != "key" }.map(\.text).joined(separator: "&")
        self.query = kept.isEmpty ? "" : "?" + kept
        try Self.check(path)
    }

    /// Refuses what one server reads differently from another: the credential must not reach a path that nobody meant.
    private static func check(_ path: String) throws(GatewayError) {
        let lowered = path.lowercased()
        let forbidden: [(String, String)] = [
            ("//", "an empty segment"), ("\\", "a backslash"), ("@", "'@'"), ("%2f", "an encoded slash"),
            ("%5c", "an encoded backslash"), ("%2e", "an encoded dot"), ("%00", "a zero byte"),
            ("%25", "an encoded '%'"),
            ("#", "'#'"),
        ]
        for (text, name) in forbidden where lowered.contains(text) {
            throw GatewayError(.invalidRequest, "The path after /providers/{name} must not have \(name).")
        }
        for segment in path.split(separator: "/", omittingEmptySubsequences: true)
        where segment == ".." || segment == "." {
            throw GatewayError(.invalidRequest, "The path after /providers/{name} must not have '\(segment)' segments.")
        }
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw GatewayError(.invalidRequest, "The path after /providers/{name} must be printable ASCII.")
        }
    }

    /// The path on the upstream: joined to the base URL's, with a version that both have written once.
    public func joined(to basePath: String) -> String {
        for version in ["/v1beta", "/v1"] where basePath.hasSuffix(version) {
            if path == version || path.hasPrefix(version + "/") {
                return basePath + path.dropFirst(version.count) + query
            }
        }
        return basePath + path + query
    }
}
