import Core
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Turns names into addresses, for all loops: a few threads ask the system, answers are remembered, and when the
/// system fails a stale answer is better than none.
///
/// The event loop's own resolver has one queue per loop and cannot be cancelled. Here too is the place where
/// addresses that no upstream may have are refused. Fails closed.
final class Resolver: Sendable {
    private struct Entry {
        var addresses: [SocketAddress]
        var freshUntil: NIODeadline
    }

    /// A name as one asks for it. Those who share the threads wait for nobody else's lookup.
    private struct Question: Hashable {
        let host: String
        let port: Int
        let owner: String?

        var name: String { "\(host):\(port)" }
    }

    /// A name that is being asked for, even if nobody waits for it, or that is to be.
    private struct Lookup {
        /// The system is being asked.
        var hasBegun = false
        /// Who waits, by a number of their own.
        var waiting: [Int: EventLoopPromise<[SocketAddress]>] = [:]
        /// Who is told of its end, whatever came of it.
        var ends: [EventLoopPromise<Void>] = []
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var lookups: [Question: Lookup] = [:]
        var lastNumber = 0
    }

    private let threads: NIOThreadPool
    private let shares: LookupShares?
    private let state = Mutex(State())
    private let freshFor: TimeAmount
    private let lookUp: @Sendable (String, Int) throws -> [SocketAddress]

    /// - Parameters:
    ///   - shares: how many of the threads each who asks may have; nil: whoever comes first.
    ///   - lookUp: gives all addresses of a name, allowed or not; may block.
    init(
        threads: NIOThreadPool, shares: LookupShares? = nil,
        freshFor: TimeAmount = .seconds(Int64(Limits.resolverFreshSeconds)),
        lookUp: @escaping @Sendable (String, Int) throws -> [SocketAddress] = Resolver.systemLookUp
    ) {
        self.threads = threads
        self.shares = shares
        self.freshFor = freshFor
        self.lookUp = lookUp
    }

    /// Hosts that are remembered.
    var entryCount: Int { state.withLock { $0.entries.count } }

    /// - Parameters:
    ///   - owner: who asks, where the threads are shared.
    ///   - deadline: when the system has not answered by then, it fails. Who has a stale answer to fall back on waits
    ///     for half that time, because connecting takes some too.
    func resolve(
        host: String, port: Int, for owner: String? = nil, deadline: NIODeadline, on loop: any EventLoop
    ) -> EventLoopFuture<[SocketAddress]> {
        if let address = try? SocketAddress(ipAddress: host, port: port) {
            return ForbiddenAddresses.allows(address)
                ? loop.makeSucceededFuture([address])
                : loop.makeFailedFuture(ConnectError.forbiddenAddress(host))
        }
        let question = Question(host: host, port: port, owner: owner)
        let now = NIODeadline.now()
        enum Step { case answer([SocketAddress]), wait(Int, isFirst: Bool, hasStale: Bool) }
        let promise = loop.makePromise(of: [SocketAddress].self)
        let step: Step = state.withLock { state in
            let entry = state.entries[question.name]
            if let entry, entry.freshUntil > now { return .answer(entry.addresses) }
            let isFirst = state.lookups[question] == nil
            state.lastNumber += 1
            state.lookups[question, default: Lookup()].waiting[state.lastNumber] = promise
            return .wait(state.lastNumber, isFirst: isFirst, hasStale: entry != nil)
        }
        switch step {
        case .answer(let addresses): promise.succeed(addresses)
        case .wait(let number, let isFirst, let hasStale):
            let due = hasStale ? now + .nanoseconds((deadline - now).nanoseconds / 2) : deadline
            let timeout = loop.scheduleTask(deadline: due) { self.giveUp(question, number) }
            promise.futureResult.whenComplete { _ in timeout.cancel() }
            if isFirst { ask(question) }
        }
        return promise.futureResult
    }

    /// Succeeds once the system is not being asked for this name: nobody can stop it before.
    func lookupEnded(
        host: String, port: Int, for owner: String? = nil, on loop: any EventLoop
    ) -> EventLoopFuture<Void> {
        let question = Question(host: host, port: port, owner: owner)
        return state.withLock { state in
            guard state.lookups[question] != nil else { return loop.makeSucceededVoidFuture() }
            let promise = loop.makePromise(of: Void.self)
            state.lookups[question]?.ends.append(promise)
            return promise.futureResult
        }
    }

    private func ask(_ question: Question) {
        let lookup: @Sendable () -> Void = { [self] in
            threads.submit { [self] threadState in
                defer { shares?.end(for: question.owner) }
                guard case .active = threadState else {
                    return finish(question, .failure(ConnectError.unknownHost(question.host)))
                }
                guard begin(question) else { return }
                finish(question, Result { try Self.usable(lookUp(question.host, question.port), question.host) })
            }
        }
        if let shares { shares.begin(for: question.owner, lookup) } else { lookup() }
    }

    /// - Returns: false when nobody waits for it any more.
    private func begin(_ question: Question) -> Bool {
        state.withLock { state in
            state.lookups[question]?.hasBegun = true
            return state.lookups[question] != nil
        }
    }

    private func finish(_ question: Question, _ result: Result<[SocketAddress], any Error>) {
        let (lookup, answer) = state.withLock { state in
            let lookup = state.lookups.removeValue(forKey: question) ?? Lookup()
            if case .success(let addresses) = result {
                if state.entries.count >= Limits.resolverEntriesMax { state.entries.removeAll() }
                state.entries[question.name] = Entry(addresses: addresses, freshUntil: .now() + freshFor)
            } else if let stale = state.entries[question.name], !Self.isRefusal(result) {
                return (lookup, Result<[SocketAddress], any Error>.success(stale.addresses))
            }
            return (lookup, result)
        }
        for promise in lookup.waiting.values { promise.completeWith(answer) }
        for promise in lookup.ends { promise.succeed() }
    }

    /// The lookup takes too long for this one. One that has begun goes on for the others, and for who asks next.
    private func giveUp(_ question: Question, _ number: Int) {
        let (promise, stale, error, ends) = state.withLock { state in
            let promise = state.lookups[question]?.waiting.removeValue(forKey: number)
            let lookup = state.lookups[question] ?? Lookup(hasBegun: true)
            let isUnwanted = !lookup.hasBegun && lookup.waiting.isEmpty
            if isUnwanted { state.lookups[question] = nil }
            return (
                promise, state.entries[question.name], lookup.hasBegun ? ConnectError.timedOut : .resolverBusy,
                isUnwanted ? lookup.ends : []
            )
        }
        if let stale { promise?.succeed(stale.addresses) } else { promise?.fail(error) }
        for end in ends { end.succeed() }
    }

    /// A name that now leads where no upstream is has not failed: its older answer does not count any more.
    private static func isRefusal(_ result: Result<[SocketAddress], any Error>) -> Bool {
        guard case .failure(let error) = result, case .forbiddenAddress? = error as? ConnectError else { return false }
        return true
    }

    /// Those of a name's addresses that may be connected to, in the order to try them.
    private static func usable(_ addresses: [SocketAddress], _ host: String) throws -> [SocketAddress] {
        let allowed = addresses.filter(ForbiddenAddresses.allows)
        guard !allowed.isEmpty else {
            throw addresses.isEmpty ? ConnectError.noAddress(host) : ConnectError.forbiddenAddress(host)
        }
        return interleaved(allowed)
    }

    /// Asks the system. Blocks: for the thread pool only.
    static let systemLookUp: @Sendable (String, Int) throws -> [SocketAddress] = { host, port in
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let first = list else {
            throw ConnectError.unknownHost(host)
        }
        defer { freeaddrinfo(first) }
        var addresses: [SocketAddress] = []
        var node: UnsafeMutablePointer<addrinfo>? = first
        while let entry = node?.pointee {
            node = entry.ai_next
            if let raw = entry.ai_addr, let address = SocketAddress(raw, family: entry.ai_family, host: host) {
                addresses.append(address)
            }
        }
        return addresses
    }

    /// IPv6 and IPv4 in turn, IPv6 first (RFC 8305, section 4).
    static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
        let six = addresses.filter { $0.protocol == .inet6 }
        let four = addresses.filter { $0.protocol != .inet6 }
        var result: [SocketAddress] = []
        for index in 0..<max(six.count, four.count) {
            if index < six.count { result.append(six[index]) }
            if index < four.count { result.append(four[index]) }
        }
        return Array(result.prefix(Limits.addressesPerHostMax))
    }
}

extension SocketAddress {
    fileprivate init?(_ raw: UnsafeMutablePointer<sockaddr>, family: Int32, host: String) {
        switch family {
        case AF_INET:
            self = raw.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { SocketAddress($0.pointee, host: host) }
        case AF_INET6:
            self = raw.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { SocketAddress($0.pointee, host: host) }
        default:
            return nil
        }
    }
}
