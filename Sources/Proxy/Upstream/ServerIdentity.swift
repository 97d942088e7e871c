import NIOSSL

/// Whether a certificate is for the name that was asked for.
///
/// NIOSSL takes a certificate for the address that was connected to as well, even where a name was asked for. Who
/// can make the name lead to an address of theirs would then need a certificate for that address only: so the name
/// must stand in the certificate, too. Fails closed.
enum ServerIdentity {
    static func isFor(_ name: String, _ certificate: NIOSSLCertificate) -> Bool {
        let alternatives = certificate._subjectAlternativeNames()
        // Without any, NIOSSL has compared the common name.
        if alternatives.isEmpty { return true }
        return alternatives.contains { alternative in
            alternative.nameType == .dnsName && matches(name, String(decoding: alternative.contents, as: UTF8.self))
        }
    }

    /// - Parameter pattern: a name, or one whose first label is `*`: any one label (RFC 9525, section 6.3).
    static func matches(_ name: String, _ pattern: String) -> Bool {
        let name = labels(name)
        let pattern = labels(pattern)
        guard name.count == pattern.count, !name.contains("") else { return false }
        if pattern[0] == "*" { return pattern.count > 2 && name.dropFirst() == pattern.dropFirst() }
        return name == pattern
    }

    private static func labels(_ name: String) -> [Substring] {
        let name = name.lowercased()
        let isRooted = name.hasSuffix(".")
        return (isRooted ? name.dropLast() : name[...]).split(separator: ".", omittingEmptySubsequences: false)
    }
}
