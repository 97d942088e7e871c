import Core
import Dispatch
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Proxy

/// NIO has one of its own.
private typealias NameResolver = Proxy.Resolver

/// Names and addresses, without the system's resolver.
@Suite struct ResolverTests {
    /// Answers lookups as a test wants, and counts them.
    private final class Names: Sendable {
        private let answers = Mutex<[Result<[String], ConnectError>]>([])
        private let asked = Mutex(0)

        var count: Int { asked.withLock { $0 } }

        /// - Parameter answers: one for each lookup; the last one for all that follow.
        init(_ answers: Result<[String], ConnectError>...) { self.answers.withLock { $0 = answers } }

        func lookUp(_ host: String, _ port: Int) throws -> [SocketAddress] {
            asked.withLock { $0 += 1 }
            let answer = answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
            return try answer.get().map { try SocketAddress(ipAddress: $0, port: port) }
        }
    }

    private let loop = MultiThreadedEventLoopGroup.singleton.next()
    private let threads = NIOThreadPool.singleton

    private func resolver(_ names: Names, freshFor: TimeAmount = .seconds(30)) -> NameResolver {
        NameResolver(threads: threads, freshFor: freshFor, lookUp: names.lookUp)
    }

    private func resolve(
        _ resolver: NameResolver, _ host: String = "name", within: TimeAmount = .seconds(10)
    ) async throws -> [String] {
        try await resolver.resolve(host: host, port: 80, deadline: .now() + within, on: loop).get()
            .map { $0.ipAddress ?? "" }
    }

    @Test func remembersAnswers() async throws {
        let names = Names(.success(["10.0.0.1"]), .success(["10.0.0.2"]))
        let resolver = resolver(names)
        for _ in 0..<3 {
            let addresses = try await resolve(resolver)
            #expect(addresses == ["10.0.0.1"])
        }
        #expect(names.count == 1)
        let other = try await resolve(resolver, "other")
        #expect(other == ["10.0.0.2"] && names.count == 2)
    }

    @Test func asksAgainWhenAnAnswerIsNotFreshAnyMore() async throws {
        let names = Names(.success(["10.0.0.1"]), .success(["10.0.0.2"]))
        let resolver = resolver(names, freshFor: .nanoseconds(0))
        let answers = [try await resolve(resolver), try await resolve(resolver)]
        #expect(answers == [["10.0.0.1"], ["10.0.0.2"]])
    }

    @Test func asksOnceForAllWhoWait() async throws {
        let gate = DispatchSemaphore(value: 0)
        let names = Names(.success(["10.0.0.1"]))
        let resolver = NameResolver(threads: threads) { host, port in
            gate.wait()
            return try names.lookUp(host, port)
        }
        let waiting = (0..<50).map { _ in resolver.resolve(host: "name", port: 80, deadline: .distantFuture, on: loop) }
        gate.signal()
        for future in waiting {
            let addresses = try await future.get()
            #expect(addresses.map(\.ipAddress) == ["10.0.0.1"])
        }
        #expect(names.count == 1)
    }

    @Test func servesAStaleAnswerWhenTheLookupFails() async throws {
        let names = Names(.success(["10.0.0.1"]), .failure(.unknownHost("name")))
        let resolver = resolver(names, freshFor: .nanoseconds(0))
        for _ in 0..<2 {
            let addresses = try await resolve(resolver)
            #expect(addresses == ["10.0.0.1"])
        }
        #expect(names.count == 2)
    }

    @Test func failsWhenThereIsNothingToFallBackOnAndAsksAgainNextTime() async throws {
        let names = Names(.failure(.unknownHost("name")), .success(["10.0.0.1"]))
        let resolver = resolver(names)
        await #expect(throws: ConnectError.unknownHost("name")) { try await resolve(resolver) }
        let addresses = try await resolve(resolver)
        #expect(addresses == ["10.0.0.1"])
    }

    @Test func doesNotWaitForALookupThatHangs() async throws {
        let (begun, gate) = (loop.makePromise(of: Void.self), DispatchSemaphore(value: 0))
        let resolver = NameResolver(threads: threads) { _, _ in
            begun.succeed()
            gate.wait()
            return []
        }
        let first = resolver.resolve(host: "name", port: 80, deadline: .distantFuture, on: loop)
        try await begun.futureResult.get()
        await #expect(throws: ConnectError.timedOut) { try await resolve(resolver, within: .milliseconds(5)) }
        gate.signal()
        await #expect(throws: ConnectError.noAddress("name")) { try await first.get() }
    }

    @Test func fallsBackOnAStaleAnswerBeforeTheTimeIsUpWhenALookupHangs() async throws {
        let gate = DispatchSemaphore(value: 0)
        defer { gate.signal() }
        let names = Names(.success(["10.0.0.1"]))
        let resolver = NameResolver(threads: threads, freshFor: .nanoseconds(0)) { host, port in
            if names.count > 0 { gate.wait() }
            return try names.lookUp(host, port)
        }
        _ = try await resolve(resolver)
        // The lookup that hangs never ends by itself: any answer at all is the stale one.
        let addresses = try await resolve(resolver, within: .milliseconds(200))
        #expect(addresses == ["10.0.0.1"])
    }

    /// Who waits has long given up: nothing can stop the system.
    @Test func tellsWhenALookupHasReallyEnded() async throws {
        let (begun, gate) = (loop.makePromise(of: Void.self), DispatchSemaphore(value: 0))
        let resolver = NameResolver(threads: threads) { _, _ in
            begun.succeed()
            gate.wait()
            return []
        }
        let hasEnded = Mutex(false)
        let first = resolver.resolve(host: "name", port: 80, deadline: .distantFuture, on: loop)
        try await begun.futureResult.get()
        await #expect(throws: ConnectError.timedOut) { try await resolve(resolver, within: .milliseconds(5)) }
        let end = resolver.lookupEnded(host: "name", port: 80, on: loop).always { _ in hasEnded.withLock { $0 = true } }
        try await resolver.lookupEnded(host: "other", port: 80, on: loop).get()
        #expect(!hasEnded.withLock { $0 })
        gate.signal()
        try await end.get()
        await #expect(throws: ConnectError.noAddress("name")) { try await first.get() }
        try await resolver.lookupEnded(host: "name", port: 80, on: loop).get()
    }

    /// One thread for each of two owners: the first one's is at a name that does not answer.
    @Test func anOwnersNamesThatDoNotAnswerHoldUpNobodyElse() async throws {
        let (begun, gate) = (loop.makePromise(of: Void.self), DispatchSemaphore(value: 0))
        let asked = Mutex<[String]>([])
        let threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
        let resolver = NameResolver(threads: threads, shares: LookupShares(threads: 2, perKey: 1)) { host, port in
            asked.withLock { $0.append(host) }
            if host == "slow1" { begun.succeed() }
            if host.hasPrefix("slow") { gate.wait() }
            return [try SocketAddress(ipAddress: "10.0.0.1", port: port)]
        }
        func ask(_ host: String, _ owner: String, _ deadline: NIODeadline = .distantFuture) -> EventLoopFuture<Void> {
            resolver.resolve(host: host, port: 80, for: owner, deadline: deadline, on: loop).map { _ in }
        }
        let first = ask("slow1", "a")
        try await begun.futureResult.get()
        // The same name is another question where another owner asks.
        await #expect(throws: ConnectError.resolverBusy) { try await ask("good", "a", .now()).get() }
        let second = ask("slow2", "a")
        try await ask("good", "b").get()
        #expect(asked.withLock { $0 } == ["slow1", "good"])
        gate.signal()
        gate.signal()
        try await first.get()
        try await second.get()
        #expect(asked.withLock { $0 } == ["slow1", "good", "slow2"])
        try await threads.shutdownGracefully()
    }

    // MARK: Addresses that no upstream has

    static let forbidden = [
        "169.254.169.254", "169.254.0.1", "0.0.0.0", "0.1.2.3", "224.0.0.1", "239.1.1.1", "255.255.255.255",
        "240.0.0.1", "::", "fe80::1", "febf::1", "ff02::1", "fd00:ec2::254", "::ffff:169.254.169.254", "::ffff:0.0.0.0",
        "::ffff:224.0.0.1", "64:ff9b::a9fe:a9fe",
    ]

    @Test(arguments: forbidden) func refusesForbiddenAddressesWrittenAndNamed(_ address: String) async throws {
        let resolver = resolver(Names(.success([address])))
        await #expect(throws: ConnectError.forbiddenAddress(address)) { try await resolve(resolver, address) }
        await #expect(throws: ConnectError.forbiddenAddress("name")) { try await resolve(resolver) }
    }

    @Test(arguments: [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "::1", "fd00::1", "::ffff:10.0.0.1", "2001:db8::1",
    ])
    func allowsPrivateAddresses(_ address: String) async throws {
        let addresses = try await resolve(resolver(Names(.success([address]))))
        #expect(addresses.count == 1)
    }

    @Test(arguments: ["2852039166", "0xa9fea9fe", "169.254.43518", "0251.0376.0251.0376", "fe80::1%lo"])
    func refusesForbiddenAddressesInTheirOddForms(_ host: String) async throws {
        let resolver = NameResolver(threads: threads)
        await #expect(throws: ConnectError.self) { try await resolve(resolver, host) }
    }

    @Test func leavesForbiddenAddressesOutAmongOthers() async throws {
        let addresses = try await resolve(resolver(Names(.success(["169.254.169.254", "10.0.0.1", "fe80::1"]))))
        #expect(addresses == ["10.0.0.1"])
    }

    @Test func doesNotFallBackWhenANameTurnsForbidden() async throws {
        let resolver = resolver(Names(.success(["10.0.0.1"]), .success(["169.254.169.254"])), freshFor: .nanoseconds(0))
        _ = try await resolve(resolver)
        await #expect(throws: ConnectError.forbiddenAddress("name")) { try await resolve(resolver) }
    }

    // MARK: Bounds and order

    @Test func triesBothFamiliesInTurnUpToABound() async throws {
        let four = (1...9).map { "10.0.0.\($0)" }
        let addresses = try await resolve(resolver(Names(.success(four + ["fd00::1", "fd00::2"]))))
        #expect(addresses.count == Limits.addressesPerHostMax)
        #expect(Array(addresses.prefix(5)) == ["fd00::1", "10.0.0.1", "fd00::2", "10.0.0.2", "10.0.0.3"])
    }

    @Test func remembersABoundedNumberOfHosts() async throws {
        let names = Names(.success(["10.0.0.1"]))
        let resolver = resolver(names)
        for number in 0...Limits.resolverEntriesMax { _ = try await resolve(resolver, "host-\(number)") }
        #expect(resolver.entryCount <= Limits.resolverEntriesMax)
    }
}
