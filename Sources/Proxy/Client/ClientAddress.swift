import Core
import NIOCore

/// Where a request comes from: the connection's other end, or, when that is a proxy which is trusted, whom it names.
struct ClientAddress {
    private let peer: String?
    private let isTrusted: Bool
    private let trustedProxies: [IPNetwork]

    init(_ address: SocketAddress?, trustedProxies: [IPNetwork]) {
        self.init(peer: address?.ipAddress, trustedProxies: trustedProxies)
    }

    init(peer: String?, trustedProxies: [IPNetwork]) {
        self.peer = peer
        self.trustedProxies = trustedProxies
        isTrusted =
            peer.flatMap(IPNetwork.init).map { address in trustedProxies.contains { $0.contains(address) } } ?? false
    }

    /// The last address of `x-forwarded-for` that no trusted proxy has: what stands before it, anybody could have
    /// written.
    func client(forwardedFor: @autoclosure () -> String?) -> String? {
        guard isTrusted, let named = forwardedFor() else { return peer }
        var nearest = peer
        for text in named.split(separator: ",").reversed() {
            let text = text.filter { $0 != " " && $0 != "\t" }
            guard let address = IPNetwork(text) else { return nearest }
            nearest = text
            if !trustedProxies.contains(where: { $0.contains(address) }) { return nearest }
        }
        return nearest
    }
}
