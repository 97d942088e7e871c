import Core
import Plan

/// The proxy that the environment's variables ask for: `HTTPS_PROXY` for upstreams with TLS, unless `NO_PROXY` names
/// the host. Loopback hosts are never proxied.
struct ProxyEnvironment {
    struct Problem: Error {
        let variable: String
        let message: String
    }

    private let environment: [String: String]

    init(_ environment: [String: String]) { self.environment = environment }

    func proxy(for origin: Origin) throws(Problem) -> Provider.HTTPProxy? {
        guard origin.isTLS, !ProxyEnvironment.isLoopback(origin.host),
            let (variable, url) = first(of: "HTTPS_PROXY", "https_proxy"),
            !isExcluded(origin)
        else { return nil }
        do throws(URLText.Problem) {
            return try ProxyURLText.parse(url, schemeOptional: true)
        } catch {
            throw Problem(variable: variable, message: error.message)
        }
    }

    private func first(of names: String...) -> (name: String, value: String)? {
        for name in names {
            if let value = environment[name], !value.isEmpty { return (name, value) }
        }
        return nil
    }

    private func isExcluded(_ origin: Origin) -> Bool {
        guard let (_, list) = first(of: "NO_PROXY", "no_proxy") else { return false }
        return list.split { $0 == "," || $0 == " " || $0 == "\t" }.contains { entry in
            ProxyEnvironment.matches(entry.lowercased(), origin)
        }
    }

    /// `*`, an address, a network, or a name for itself and all below it; each of them may end in a port.
    private static func matches(_ entry: String, _ origin: Origin) -> Bool {
        if entry == "*" { return true }
        let address = IPNetwork(origin.host)
        if let network = IPNetwork(entry) { return address.map(network.contains) ?? false }
        var name = entry[...]
        if name.hasPrefix("*.") { name = name.dropFirst(2) } else if name.hasPrefix(".") { name = name.dropFirst() }
        guard let (host, port) = AddressText.split(String(name)), port == nil || port == origin.port else {
            return false
        }
        if let network = IPNetwork(host) { return address.map(network.contains) ?? false }
        return origin.host == host || origin.host.hasSuffix("." + host)
    }

    private static func isLoopback(_ host: String) -> Bool {
        ListenAddress(host: host, port: 0).isLoopback || host.hasSuffix(".localhost")
    }
}
