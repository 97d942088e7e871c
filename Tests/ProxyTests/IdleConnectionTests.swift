import Core
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import Plan
import Testing
import Wire

@testable import Proxy

/// Connections without work, on a clock that the tests move.
@Suite struct IdleConnectionTests {
    /// Keeps the channel open when it is told to close, as TLS does until the other side has said goodbye.
    private final class LongGoodbye: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var holds = false

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            if holds { promise?.succeed(()) } else { context.close(mode: mode, promise: promise) }
        }
    }

    private final class NoRecords: RecordSink {
        func append(_ record: borrowing ExchangeRecord) -> Bool { true }
        func flush() {}
    }

    private struct Room {
        let loop = EmbeddedEventLoop()
        let channel: EmbeddedChannel
        let goodbye = LongGoodbye()
        let pool: UpstreamPool
        let connection: UpstreamConnection
        let exchange: Exchange

        init() throws {
            let snapshot = Fixture.snapshot(upstreamPort: 1)
            let shared = SharedState(
                threads: .singleton, fetchThreads: .singleton,
                log: OperationalLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
                loopCount: 1, version: "test")
            let wheel = DeadlineWheel(loop)
            pool = UpstreamPool(
                UpstreamIdentity(snapshot.providers[0], loopCount: 1), loop: loop, wheel: wheel,
                flushes: FlushQueue(loop), shared: shared)
            channel = EmbeddedChannel(handler: goodbye, loop: loop)
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            let started = try UpstreamConnection.start(
                on: channel, pool: pool, tls: nil, server: .name("x"), deadline: .distantFuture)
            connection = try started.wait()

            let worker = LoopWorker(loop, snapshot: snapshot, shared: shared, records: { NoRecords() })
            let client = ClientConnection(worker: worker, wheel: wheel, settings: snapshot.server, onClose: {})
            var reader = RequestReader(limits: HeadLimits(bytesMax: 1000, fieldsMax: 10))
            reader.append(ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
            guard case .head(let head)? = try reader.next() else { throw ChannelError.eof }
            exchange = Exchange(
                head, connection: client, snapshot: snapshot, loop: loop, wheel: wheel,
                keptAnswers: KeptAnswers(), memory: MemoryBudget(bytesMax: .max), unixMicroseconds: 0, random: (1, 2, 3)
            )
        }

        func attempt() -> Attempt { Attempt(exchange, loop: loop, timeouts: Timeouts(), fresh: false) }
    }

    @Test func closesAfterItsTime() throws {
        let room = try Room()
        room.pool.release(room.connection)
        room.loop.advanceTime(by: .seconds(Int64(Limits.upstreamIdleSeconds) - 1))
        #expect(room.channel.isActive)
        room.loop.advanceTime(by: .seconds(2))
        #expect(!room.channel.isActive && !room.connection.isActive)
    }

    @Test func doesNotCutTheNextCallWhenItsIdleTimeIsOver() throws {
        let room = try Room()
        room.pool.release(room.connection)
        room.loop.advanceTime(by: .seconds(30))
        let attempt = room.attempt()
        room.pool.lease(for: attempt, fresh: false)
        #expect(attempt.connection === room.connection)
        attempt.send([ByteBuffer(string: "x")], method: .post, limit: nil)
        room.loop.advanceTime(by: .seconds(300))
        #expect(room.channel.isActive && attempt.failure == nil)
        attempt.abandon()
    }

    @Test func isNotLentWhileItSaysGoodbye() throws {
        let room = try Room()
        room.goodbye.holds = true
        room.pool.release(room.connection)
        // Bytes that nobody asked for.
        try room.channel.writeInbound(ByteBuffer(string: "x"))
        #expect(room.channel.isActive && !room.connection.isActive)
        room.goodbye.holds = false
        room.channel.close(promise: nil)
        room.loop.run()
    }

    @Test func tellsAnAttemptThatItHasClosedSinceItWasLent() throws {
        let room = try Room()
        let attempt = room.attempt()
        attempt.leased(room.connection)
        room.channel.close(promise: nil)
        room.loop.run()
        attempt.send([ByteBuffer(string: "x")], method: .post, limit: nil)
        guard case .lost(reused: false, afterHead: false, _)? = attempt.failure else {
            Issue.record("the attempt waits for an answer that cannot come")
            return
        }
    }
}
