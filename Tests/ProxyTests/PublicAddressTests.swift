import Core
import NIOCore
import Testing

@testable import Proxy

/// Where a client's URL may lead.
@Suite struct PublicAddressTests {
    private func mayReach(_ address: String, or exceptions: [String] = []) throws -> Bool {
        PublicAddresses.contains(
            try SocketAddress(ipAddress: address, port: 443), or: exceptions.compactMap { IPNetwork($0) })
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255",
        "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
        "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1", "2001:4860::1", "3ffe::1",
    ]) func thesePublicOnesMay(_ address: String) throws { #expect(try mayReach(address)) }

    @Test(arguments: [
        "0.0.0.0", "0.255.255.255", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "127.0.0.1",
        "127.255.255.255", "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192",
        "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    ]) func theseMayNot(_ address: String) throws { #expect(try !mayReach(address)) }

    @Test(arguments: [
        "::", "::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::8.8.8.8", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1",
        "2001::1", "2001:2::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1", "5f00::1", "fc00::1",
        "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
    ]) func theseOfIPv6MayNot(_ address: String) throws { #expect(try !mayReach(address)) }

    @Test func theConfigurationMayAllowSomeOfThem() throws {
        #expect(try mayReach("10.1.2.3", or: ["10.1.0.0/16"]))
        #expect(try !mayReach("10.2.2.3", or: ["10.1.0.0/16"]))
        #expect(try !mayReach("::ffff:10.1.2.3", or: ["10.1.0.0/16"]))
        #expect(try mayReach("fd00::5", or: ["10.1.0.0/16", "fd00::/64"]))
    }

    @Test func aSocketOfTheFileSystemIsNone() throws {
        #expect(try !PublicAddresses.contains(SocketAddress(unixDomainSocketPath: "/tmp/a")))
    }
}
