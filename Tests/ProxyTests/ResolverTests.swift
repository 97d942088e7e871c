import Core
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Proxy

/// Names become addresses: remembered, asked for once, and refused where no upstream may be.
@Suite struct ResolverTests {
    /// A resolver whose system is the closure, and a loop to ask it on.
    private func withResolver(
        freshSeconds: Int = Limits.resolverFreshSeconds,
        _ lookUp: @escaping @Sendable (String, Int) throws -> [SocketAddress],
        _ body: (Proxy.Resolver, any EventLoop) async throws -> Void
    ) async throws {
        let threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
        try await body(
            Proxy.Resolver(threads: threads, freshSeconds: freshSeconds, lookUp: lookUp),
            MultiThreadedEventLoopGroup.singleton.next())
        try await threads.shutdownGracefully()
    }

    @Test func asksTheSystemOnceForManyAndRemembersTheAnswer() async throws {
        let asked = Mutex(0)
        let address = try SocketAddress(ipAddress: "192.0.2.1", port: 443)
        try await withResolver({ _, _ in
            asked.withLock { $0 += 1 }
            return [address]
        }) { resolver, loop in
            let futures = (0..<50).map { _ in resolver.resolve(host: "api.example", port: 443, on: loop) }
            for future in futures {
                let addresses = try await future.get()
                #expect(addresses == [address])
            }
            let remembered = try await resolver.resolve(host: "api.example", port: 443, on: loop).get()
            #expect(remembered == [address])
            #expect(asked.withLock { $0 } == 1)
        }
    }

    @Test func servesAStaleAnswerWhenTheSystemFails() async throws {
        let asked = Mutex(0)
        let address = try SocketAddress(ipAddress: "192.0.2.1", port: 443)
        try await withResolver(
            freshSeconds: 0,
            { host, _ in
                let count = asked.withLock {
                    $0 += 1
                    return $0
                }
                if count > 1 { throw ConnectError.unknownHost(host) }
                return [address]
            }
        ) { resolver, loop in
            for _ in 0..<3 {
                let addresses = try await resolver.resolve(host: "api.example", port: 443, on: loop).get()
                #expect(addresses == [address])
            }
            #expect(asked.withLock { $0 } == 3)
        }
    }

    @Test func tellsThatANameIsNotKnownAndAsksAgain() async throws {
        let asked = Mutex(0)
        try await withResolver({ host, _ in
            asked.withLock { $0 += 1 }
            throw ConnectError.unknownHost(host)
        }) { resolver, loop in
            for _ in 0..<2 {
                await #expect(throws: ConnectError.unknownHost("no.example")) {
                    try await resolver.resolve(host: "no.example", port: 443, on: loop).get()
                }
            }
            #expect(asked.withLock { $0 } == 2)
        }
    }

    @Test(arguments: [
        "169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "fe80::1", "ff02::1", "::", "fd00:ec2::254",
        "::ffff:169.254.169.254",
    ]) func refusesAddressesThatNoUpstreamHas(_ text: String) async throws {
        let address = try SocketAddress(ipAddress: text, port: 80)
        #expect(!ForbiddenAddresses.allows(address))
        try await withResolver({ _, _ in [] }) { resolver, loop in
            await #expect(throws: ConnectError.forbiddenAddress(text)) {
                try await resolver.resolve(host: text, port: 80, on: loop).get()
            }
        }
    }

    @Test(arguments: [
        "127.0.0.1", "10.0.0.1", "192.168.1.1", "8.8.8.8", "::1", "fd12::1", "2001:db8::1", "::ffff:10.0.0.1",
    ])
    func allowsAddressesThatServersHave(_ text: String) throws {
        #expect(ForbiddenAddresses.allows(try SocketAddress(ipAddress: text, port: 80)))
    }

    @Test func theSystemKnowsThisMachine() throws {
        let addresses = try Proxy.Resolver.systemLookUp("localhost", 80)
        #expect(addresses.contains { $0.ipAddress == "127.0.0.1" || $0.ipAddress == "::1" })
        #expect(throws: ConnectError.self) { _ = try Proxy.Resolver.systemLookUp("no-such-name.invalid", 80) }
    }

    @Test func takesTheFamiliesInTurnWithIPv6First() throws {
        let texts = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "2001:db8::1", "2001:db8::2"]
        let addresses = try texts.map { try SocketAddress(ipAddress: $0, port: 80) }
        let order = Proxy.Resolver.interleaved(addresses).compactMap(\.ipAddress)
        #expect(order == ["2001:db8::1", "10.0.0.1", "2001:db8::2", "10.0.0.2", "10.0.0.3"])
        #expect(
            Proxy.Resolver.interleaved(Array(repeating: addresses[0], count: 50)).count == Limits.addressesPerHostMax)
    }
}
