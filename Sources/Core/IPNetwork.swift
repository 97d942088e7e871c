/// An IP address, or a network such as `10.0.0.0/8`.
public struct IPNetwork: Sendable, Equatable {
    private let bytes: [UInt8]
    private let prefixBits: Int

    public var isIPv6: Bool { bytes.count == 16 }

    /// - Returns: nil when the text is neither.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first, let bytes = IPNetwork.bytes(of: address) else { return nil }
        self.bytes = bytes
        guard parts.count == 2 else {
            prefixBits = bytes.count * 8
            return
        }
        guard !parts[1].isEmpty, parts[1].utf8.allSatisfy(IPNetwork.isDigit), let bits = Int(parts[1]),
            bits <= bytes.count * 8
        else { return nil }
        prefixBits = bits
    }

    /// One address.
    /// - Parameter address: four bytes or sixteen, in network order.
    public init(address: [UInt8]) {
        bytes = address
        prefixBits = address.count * 8
    }

    /// Whether an address, itself a network of one, lies in this network.
    public func contains(_ address: IPNetwork) -> Bool {
        guard bytes.count == address.bytes.count, address.prefixBits >= prefixBits else { return false }
        return (0..<prefixBits).allSatisfy { bit in
            let mask: UInt8 = 0x80 >> UInt8(bit % 8)
            return bytes[bit / 8] & mask == address.bytes[bit / 8] & mask
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
    private static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 6
    }

    private static func bytes(of address: Substring) -> [UInt8]? {
        address.utf8.contains(UInt8(ascii: ":")) ? bytesOfIPv6(address) : bytesOfIPv4(address)
    }

    /// Four decimal numbers without leading zeros: other spellings mean different things to different readers.
    private static func bytesOfIPv4(_ address: Substring) -> [UInt8]? {
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part -> UInt8? in
            guard part.utf8.allSatisfy(IPNetwork.isDigit), part == "0" || !part.hasPrefix("0") else { return nil }
            return UInt8(part)
        }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }

    /// Eight groups, of which `::` leaves out those that are zero; the last two may be written as IPv4 (RFC 4291, 2.2).
    private static func bytesOfIPv6(_ address: Substring) -> [UInt8]? {
        guard let gap = address.firstRange(of: "::") else {
            let bytes = bytesOfGroups(address)
            return bytes?.count == 16 ? bytes : nil
        }
        guard let front = bytesOfGroups(address[..<gap.lowerBound], mayEndInIPv4: false),
            let back = bytesOfGroups(address[gap.upperBound...]), front.count + back.count <= 14
        else { return nil }
        return front + Array(repeating: 0, count: 16 - front.count - back.count) + back
    }

    private static func bytesOfGroups(_ text: Substring, mayEndInIPv4: Bool = true) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, group) in groups.enumerated() {
            if mayEndInIPv4, index == groups.count - 1, group.utf8.contains(UInt8(ascii: ".")) {
                guard let tail = bytesOfIPv4(group) else { return nil }
                bytes += tail
            } else {
                guard (1...4).contains(group.utf8.count), group.utf8.allSatisfy(IPNetwork.isHexadecimalDigit),
                    let value = UInt16(group, radix: 16)
                else { return nil }
                bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
            }
        }
        return bytes
    }
}
