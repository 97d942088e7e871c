/// Why an upstream could not be reached, before anything was sent.
package enum ConnectError: Error, Equatable {
    case unknownHost(String)
    case forbiddenAddress(String)
    case noAddress(String)
    case refused(String)
    case timedOut
    /// The name was not even looked up: no thread of the resolver was free in time.
    case resolverBusy
    case tls(String)
    case proxy(String)
    case poolExhausted
}

extension ConnectError {
    /// For a person.
    var explanation: String {
        switch self {
        case .unknownHost(let host): "the name '\(host)' is not known"
        case .forbiddenAddress(let host): "'\(host)' leads to an address that no upstream may have"
        case .noAddress(let host): "the name '\(host)' has no address"
        case .refused(let detail): "no address accepted the connection (\(detail))"
        case .timedOut: "connecting took longer than the connect timeout"
        case .resolverBusy: "no thread of the resolver was free within the connect timeout"
        case .tls(let detail): "TLS failed (\(detail))"
        case .proxy(let detail): "the proxy refused (\(detail))"
        case .poolExhausted: "too many calls wait for a connection"
        }
    }
}
