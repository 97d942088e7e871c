import NIOCore

extension SocketAddress {
    /// The address in network order: four bytes or sixteen; nil for what is no IP address.
    var ipBytes: [UInt8]? {
        switch self {
        // `sockaddr_in`: family, port, then the address.
        case .v4(let address): withUnsafeBytes(of: address.address) { Array($0[4..<8]) }
        // `sockaddr_in6`: family, port, flow information, then the address.
        case .v6(let address): withUnsafeBytes(of: address.address) { Array($0[8..<24]) }
        case .unixDomainSocket: nil
        }
    }
}
