import NIOCore
import NIOPosix
import Testing

@testable import Simulator

@Suite("A connection to the simulator")
struct ConnectionTests {
    @Test("serves one request after another")
    func keepAlive() async throws {
        try await withServer { server in
            let connection = try await RawConnection.open(server)
            var seen = 0
            for members in ["", Bodies.stream, ""] {
                try await connection.send(requestText(Paths.chat, Bodies.chat("echo", members)))
                let start = seen
                let received = try await connection.received {
                    RawAnswer.isComplete(.init(bytes: Array($0.bytes[start...])))
                }
                #expect(RawAnswer(Array(received.bytes[start...]))?.status == 200)
                seen = received.bytes.count
            }
            #expect(await server.statistics.connections == 1)
            await connection.close()
        }
    }

    @Test("answers requests sent ahead in their order")
    func pipelined() async throws {
        try await withServer { server in
            let connection = try await RawConnection.open(server)
            let one = requestText(Paths.chat, Bodies.chat("echo", Bodies.stream))
            let two = requestText("/health", "", method: "GET")
            try await connection.send(one + two + one + two)
            let received = try await connection.received { Self.terminals($0.bytes).count == 4 }
            #expect(Self.terminals(received.bytes) == ["[DONE]", #"{"status":"ok"}"#, "[DONE]", #"{"status":"ok"}"#])
            await connection.close()
        }
    }

    /// What ends each of the answers, in the order of the wire.
    private static func terminals(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).matches(of: /\[DONE\]|\{"status":"ok"\}/).map { String($0.output) }
    }

    @Test("closes when the client asks, and with HTTP/1.0")
    func close() async throws {
        try await withServer { server in
            for request in [
                requestText("/health", "", method: "GET", headers: [("connection", "close")]),
                "GET /health HTTP/1.0\r\n\r\n", "nonsense\r\n\r\n",
            ] {
                let connection = try await RawConnection.open(server)
                try await connection.send(request)
                let received = try await connection.received { $0.isClosed }
                #expect(received.isClosed)
                #expect(RawAnswer(received.bytes) != nil)
            }
        }
    }

    @Test("is counted as cancelled when its client leaves before the end")
    func cancelled() async throws {
        try await withServer { server in
            let connection = try await RawConnection.open(server)
            let slow = [("x-simulate", #"{"first_token_ms":0,"tokens_per_second":0.001}"#)]
            try await connection.send(requestText(Paths.chat, Bodies.chat("lorem", Bodies.stream), headers: slow))
            _ = try await connection.received { RawAnswer($0.bytes)?.body.isEmpty == false }
            #expect(await server.statistics.active == 1)
            await connection.close()
            let statistics = await server.statistics { $0.active == 0 }
            #expect(statistics.cancelledByPeer == 1)
            #expect(statistics.requests == 1)
        }
    }

    @Test("of a slow reader holds its answer back, and no other's")
    func backPressure() async throws {
        try await withServer { server in
            let slow = try await RawConnection.open(server, reads: false)
            let large = [("x-simulate", #"{"tokens":262144}"#)]
            try await slow.send(requestText(Paths.chat, Bodies.chat("lorem", Bodies.stream), headers: large))
            _ = await server.statistics { $0.active == 1 }
            #expect(try await server.chat("echo").status == 200)
            let statistics = await server.statistics
            #expect(statistics.finished == 1)
            #expect(statistics.active == 1)
            await slow.close()
            _ = await server.statistics { $0.cancelledByPeer == 1 }
        }
    }

    @Test("keeps the pace it is asked for")
    func pace() async throws {
        try await withServer(SimulatorSettings()) { server in
            let clock = ContinuousClock()
            let paced = #"{"first_token_ms":50,"tokens_per_second":100,"tokens":11}"#
            for members in ["", Bodies.stream] {
                let time = try await clock.measure { _ = try await server.chat("lorem", members, simulate: paced) }
                #expect(time >= .milliseconds(150))
            }
            let events = #"{"first_token_ms":0,"tokens_per_second":1000000,"event_ms":10,"tokens":11}"#
            let time = try await clock.measure {
                _ = try await server.chat("lorem", Bodies.stream, simulate: events)
            }
            #expect(time >= .milliseconds(100))
        }
    }

    @Test("is recorded with its request, head and body")
    func recorder() async throws {
        let (requests, continuation) = AsyncStream<SimulatorRequest>.makeStream()
        var settings = SimulatorSettings.instant
        settings.onRequest = { continuation.yield($0) }
        try await withServer(settings) { server in
            _ = try await server.ask(Paths.chat + "?a=b", Bodies.chat("echo"), headers: [("X-Test", "yes")])
            var iterator = requests.makeAsyncIterator()
            let request = try #require(await iterator.next())
            #expect(request.method == "POST")
            #expect(request.target == Paths.chat + "?a=b")
            #expect(request.header("x-test") == "yes")
            #expect(String(buffer: request.body) == Bodies.chat("echo"))
        }
    }

    @Test("ends with the server, and is no cancellation then")
    func stop() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await SimulatorServer.start(host: "127.0.0.1", port: 0, group: group, settings: .instant)
        let connection = try await RawConnection.open(server)
        try await connection.send(requestText(Paths.chat, Bodies.chat("stall-first")))
        _ = await server.statistics { $0.active == 1 }
        await server.stop()
        #expect(try await connection.received { $0.isClosed }.isClosed)
        let statistics = await server.statistics
        #expect(statistics.active == 0)
        #expect(statistics.cancelledByPeer == 0)
        await server.stop()
    }

    @Test("of run() lives until the task is cancelled")
    func run() async throws {
        let (servers, continuation) = AsyncStream<SimulatorServer>.makeStream()
        let task = Task {
            let group = MultiThreadedEventLoopGroup.singleton
            try await SimulatorServer.run(host: "127.0.0.1", port: 0, group: group, settings: .instant) {
                continuation.yield($0)
            }
        }
        var iterator = servers.makeAsyncIterator()
        let server = try #require(await iterator.next())
        #expect(try await server.chat("echo").status == 200)
        task.cancel()
        try await task.value
    }
}
