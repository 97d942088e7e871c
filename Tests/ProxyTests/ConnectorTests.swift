import Core
import Dispatch
import Glibc
import Logging
import NIOCore
import NIOPosix
import Plan
import TestKit
import Testing
import Wire

@testable import Proxy

/// From a name to a connection, over real sockets and with names of the tests' own.
@Suite struct ConnectorTests {
    /// Connects to what the name leads to.
    ///
    /// - Returns: the address that answered.
    private func connect(
        port: Int, within: TimeAmount = .seconds(10),
        lookUp: @escaping @Sendable (String, Int) throws -> [SocketAddress]
    ) async throws -> String? {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let provider = Provider(
            name: "up", kind: .openAI, origin: Origin(isTLS: false, host: "name", port: port), basePath: "/v1")
        // Of its own: lookups of other tests hang.
        let threads = NIOThreadPool(numberOfThreads: 1)
        threads.start()
        defer { threads.shutdownGracefully { _ in } }
        let shared = SharedState(
            threads: threads, fetchThreads: threads,
            log: OperationalLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
            loopCount: 1, version: "test", resolver: Proxy.Resolver(threads: threads, lookUp: lookUp))
        return try await loop.flatSubmit {
            let identity = UpstreamIdentity(provider, loopCount: 1)
            let pool = UpstreamPool(
                identity, loop: loop, wheel: DeadlineWheel(loop), flushes: FlushQueue(loop), shared: shared)
            return ConnectionOpener(identity, loop: loop, shared: shared).connect(
                pool: pool, deadline: loop.now + within
            )
            .assumeIsolated().map { connection in
                let address = connection.channel.remoteAddress?.ipAddress
                connection.close()
                return withExtendedLifetime(pool) { address }
            }.nonisolated()
        }.get()
    }

    private static func addresses(_ texts: String...) -> @Sendable (String, Int) throws -> [SocketAddress] {
        { _, port in try texts.map { try SocketAddress(ipAddress: $0, port: port) } }
    }

    /// Runs with a server that listens on 127.0.0.1 alone.
    private func withServer(_ body: (Int) async throws -> Void) async throws {
        let server = try await ScriptedUpstream.start { _ in [] }
        try await body(server.port)
        await server.stop()
    }

    @Test func connectsToTheAddressThatAnswersWhenTheFirstRefuses() async throws {
        try await withServer { port in
            let address = try await connect(port: port, lookUp: Self.addresses("127.0.0.2", "127.0.0.1"))
            #expect(address == "127.0.0.1")
        }
    }

    @Test func connectsToTheAddressThatAnswersWhenTheFirstIsSilent() async throws {
        try await withServer { port in
            let silent = try SilentListener(address: "127.0.0.3", port: port)
            let start = NIODeadline.now()
            let address = try await connect(port: port, lookUp: Self.addresses("127.0.0.3", "127.0.0.1"))
            let waited = NIODeadline.now() - start
            #expect(address == "127.0.0.1")
            #expect(waited >= .milliseconds(Int64(Limits.connectionAttemptDelayMilliseconds)) && waited < .seconds(9))
            silent.close()
        }
    }

    @Test func namesTheAddressThatRefused() async throws {
        try await withServer { port in
            let error = await #expect(throws: ConnectError.self) {
                try await connect(port: port, lookUp: Self.addresses("127.0.0.2", "127.0.0.4"))
            }
            guard case .refused(let detail)? = error else { return #expect(error == nil) }
            #expect(detail.hasPrefix("127.0.0.4:\(port): "), "\(detail)")
        }
    }

    @Test func givesUpAtTheDeadlineWhenNoAddressAnswers() async throws {
        try await withServer { port in
            let silent = try SilentListener(address: "127.0.0.5", port: port)
            await #expect(throws: ConnectError.timedOut) {
                try await connect(port: port, within: .milliseconds(100), lookUp: Self.addresses("127.0.0.5"))
            }
            silent.close()
        }
    }

    @Test func givesUpAtTheDeadlineWhenTheLookupHangs() async throws {
        let gate = DispatchSemaphore(value: 0)
        defer { gate.signal() }
        await #expect(throws: ConnectError.timedOut) {
            try await connect(port: 80, within: .milliseconds(100)) { _, _ in
                gate.wait()
                return []
            }
        }
    }

    @Test func connectsToNoForbiddenAddressThatANameLeadsTo() async throws {
        await #expect(throws: ConnectError.forbiddenAddress("name")) {
            try await connect(port: 80, lookUp: Self.addresses("169.254.169.254", "0.0.0.0", "::ffff:169.254.169.254"))
        }
    }
}

/// A socket that listens, whose queue is full and never emptied: whoever connects to it waits.
private struct SilentListener {
    private var sockets: [CInt] = []

    init(address: String, port: Int) throws {
        let place = try SocketAddress(ipAddress: address, port: port)
        let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var yes: CInt = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        let bound = place.withSockAddr { Glibc.bind(listener, $0, socklen_t($1)) }
        guard bound == 0, listen(listener, 0) == 0 else {
            throw IOError(errnoCode: errno, reason: "listen")
        }
        sockets.append(listener)
        // A queue of length zero takes one; the others are there to be sure.
        for _ in 0..<3 {
            let filler = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            _ = place.withSockAddr { Glibc.connect(filler, $0, socklen_t($1)) }
            sockets.append(filler)
        }
    }

    func close() { for socket in sockets { Glibc.close(socket) } }
}
