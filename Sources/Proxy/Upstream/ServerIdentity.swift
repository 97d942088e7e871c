import NIOCore
import NIOSSL

/// Who a server must be, by its certificate. Fails closed.
///
/// NIOSSL compares as well, but with the address that was connected to. Where a name was asked for it takes a
/// certificate for that address too: who can make the name lead to an address of theirs would need no certificate for
/// the name. And behind a proxy that address is the proxy's.
enum ServerIdentity {
    case name(String)
    case address(SocketAddress)

    /// - Parameter host: of an origin: a name, or an address.
    init(host: String, port: Int) {
        if let address = try? SocketAddress(ipAddress: host, port: port) {
            self = .address(address)
        } else {
            self = .name(host)
        }
    }

    /// What is sent to the server, so that it can choose its certificate: names only (RFC 6066, section 3).
    var serverName: String? { if case .name(let name) = self { name } else { nil } }

    func isIn(_ certificate: NIOSSLCertificate) -> Bool {
        let alternatives = certificate._subjectAlternativeNames()
        switch self {
        case .address(let address):
            guard let bytes = address.ipBytes else { return false }
            return alternatives.contains { $0.nameType == .ipAddress && $0.contents.elementsEqual(bytes) }
        case .name(let name):
            // Without any, NIOSSL has compared the common name.
            if alternatives.isEmpty { return true }
            return alternatives.contains { alternative in
                alternative.nameType == .dnsName
                    && Self.matches(name, String(decoding: alternative.contents, as: UTF8.self))
            }
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
