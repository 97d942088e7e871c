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

    private struct State {
        var entries: [String: Entry] = [:]
        var waiting: [String: [EventLoopPromise<[SocketAddress]>]] = [:]
    }

    private let threads: NIOThreadPool
    private let state = Mutex(State())
    private let lookUp: @Sendable (String, Int) throws -> [SocketAddress]

    private let freshSeconds: Int

    /// - Parameters:
    ///   - threads: where the system is asked.
    ///   - freshSeconds: how long an answer counts.
    ///   - lookUp: asks the system; blocks.
    init(
        threads: NIOThreadPool, freshSeconds: Int = Limits.resolverFreshSeconds,
        lookUp: @escaping @Sendable (String, Int) throws -> [SocketAddress] = Resolver.systemLookUp
    ) {
        self.threads = threads
        self.freshSeconds = freshSeconds
        self.lookUp = lookUp
    }

    func resolve(host: String, port: Int, on loop: any EventLoop) -> EventLoopFuture<[SocketAddress]> {
        if let address = try? SocketAddress(ipAddress: host, port: port) {
            return ForbiddenAddresses.allows(address)
                ? loop.makeSucceededFuture([address])
                : loop.makeFailedFuture(ConnectError.forbiddenAddress(host))
        }
        let name = "\(host):\(port)"
        let promise = loop.makePromise(of: [SocketAddress].self)
        enum Step { case answer([SocketAddress]), ask, wait }
        let step: Step = state.withLock { state in
            if let entry = state.entries[name], entry.freshUntil > .now() { return .answer(entry.addresses) }
            let isFirst = state.waiting[name] == nil
            state.waiting[name, default: []].append(promise)
            return isFirst ? .ask : .wait
        }
        switch step {
        case .answer(let addresses): promise.succeed(addresses)
        case .wait: break
        case .ask:
            threads.submit { [self] threadState in
                guard case .active = threadState else {
                    return finish(name, .failure(ConnectError.unknownHost(host)))
                }
                finish(name, Result { try lookUp(host, port) })
            }
        }
        return promise.futureResult
    }

    private func finish(_ name: String, _ result: Result<[SocketAddress], any Error>) {
        let (promises, answer) = state.withLock { state in
            let promises = state.waiting.removeValue(forKey: name) ?? []
            if case .success(let addresses) = result {
                if state.entries.count >= Limits.resolverEntriesMax { state.entries.removeAll() }
                state.entries[name] = Entry(
                    addresses: addresses, freshUntil: .now() + .seconds(Int64(freshSeconds)))
            } else if let stale = state.entries[name] {
                return (promises, Result<[SocketAddress], any Error>.success(stale.addresses))
            }
            return (promises, result)
        }
        for promise in promises { promise.completeWith(answer) }
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
        var refused = false
        var node: UnsafeMutablePointer<addrinfo>? = first
        while let entry = node?.pointee {
            node = entry.ai_next
            guard let raw = entry.ai_addr, let address = SocketAddress(raw, family: entry.ai_family, host: host) else {
                continue
            }
            if ForbiddenAddresses.allows(address) { addresses.append(address) } else { refused = true }
        }
        guard !addresses.isEmpty else {
            throw refused ? ConnectError.forbiddenAddress(host) : ConnectError.noAddress(host)
        }
        return interleaved(addresses)
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
