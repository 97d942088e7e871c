import NIOCore

/// Addresses that no upstream has: a name that leads there is a mistake or an attack. Checked after the name was
/// resolved, on the very address that is connected to.
///
/// Private networks are allowed, because self-hosted servers live there and every upstream is named by the
/// configuration. Link-local ones are not: clouds serve machine credentials at 169.254.169.254 and fd00:ec2::254.
enum ForbiddenAddresses {
    static func allows(_ address: SocketAddress) -> Bool {
        guard let bytes = address.ipBytes else { return false }
        return bytes.count == 4 ? allowsV4(number(bytes[...])) : allowsV6(bytes)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    private static func allowsV4(_ number: UInt32) -> Bool {
        switch number >> 24 {
        case 0: false  // "this network", RFC 1122
        case 169: number >> 16 != 0xA9FE  // link-local, RFC 3927
        case 224...255: false  // multicast, reserved, broadcast
        default: true
        }
    }

    private static func allowsV6(_ bytes: [UInt8]) -> Bool {
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        let isTranslated = bytes[..<12].elementsEqual([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0])  // RFC 6052
        if isMapped || isTranslated { return allowsV4(number(bytes[12...])) }
        if bytes.allSatisfy({ $0 == 0 }) { return false }  // unspecified
        if bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80 { return false }  // link-local
        if bytes[0] == 0xFF { return false }  // multicast
        let instanceMetadata: [UInt8] = [0xFD, 0x00, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54]
        return bytes != instanceMetadata
    }
}
