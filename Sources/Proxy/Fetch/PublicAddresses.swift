import Core
import NIOCore

/// Addresses of the public internet: the only ones to which a URL of a client's may lead, so that nobody reaches what
/// the gateway reaches through it. Checked after the name was resolved, on the very address that is connected to. Fails
/// closed.
///
/// Sources: IANA's "IPv4 Special-Purpose Address Registry" and "IPv6 Special-Purpose Address Registry".
enum PublicAddresses {
    /// - Parameter exceptions: networks that the configuration allows all the same.
    static func contains(_ address: SocketAddress, or exceptions: [IPNetwork] = []) -> Bool {
        guard let bytes = address.ipBytes else { return false }
        let one = IPNetwork(address: bytes)
        return isPublic(one) || exceptions.contains { $0.contains(one) }
    }

    private static func isPublic(_ address: IPNetwork) -> Bool {
        if !address.isIPv6 { return !reservedV4.contains { $0.contains(address) } }
        return globalV6.contains { $0.contains(address) } && !reservedV6.contains { $0.contains(address) }
    }

    private static let reservedV4 = networks(
        "0.0.0.0/8",  // this network
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  // private
        "100.64.0.0/10",  // behind a carrier's translation; clouds' metadata too
        "127.0.0.0/8",  // loopback
        "169.254.0.0/16",  // link-local; clouds' metadata
        "168.63.129.16",  // Azure's platform
        "192.0.0.0/24",  // protocol assignments
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  // documentation
        "192.88.99.0/24",  // relays of 6to4
        "198.18.0.0/15",  // benchmarks
        "224.0.0.0/4",  // multicast
        "240.0.0.0/4")  // reserved, broadcast

    /// What was given out of all of IPv6: loopback, mapped and translated IPv4 (NAT64), unique local, link-local and
    /// multicast addresses lie outside.
    private static let globalV6 = networks("2000::/3")

    private static let reservedV6 = networks(
        "2001::/23",  // protocol assignments, Teredo among them
        "2001:db8::/32", "3fff::/20",  // documentation
        "2002::/16")  // 6to4: any IPv4 address

    private static func networks(_ texts: String...) -> [IPNetwork] {
        texts.map { text in
            guard let network = IPNetwork(text) else { preconditionFailure("'\(text)' is no network") }
            return network
        }
    }
}
