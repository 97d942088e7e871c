import NIOCore
import Testing

@testable import Simulator

@Suite("A simulator with slots")
struct SlotTests {
    private func settings(_ slots: Int, queue: Int, _ refusal: SlotRefusal = .unavailable) -> SimulatorSettings {
        var settings = SimulatorSettings.instant
        (settings.slots, settings.slotQueueMax, settings.slotRefusal) = (slots, queue, refusal)
        return settings
    }

    @Test("slots are given in order, and a queue is bounded")
    func queue() {
        var queue = SlotQueue<Int>(slots: 2, waitingMax: 2)
        #expect((1...5).map { queue.enter($0) } == [.run, .run, .wait, .wait, .refuse])
        #expect(queue.leave() == 3)
        #expect(queue.enter(6) == .wait)
        queue.cancel(4)
        #expect(queue.leave() == 6)
        #expect(queue.leave() == nil && queue.leave() == nil)
        #expect((7...9).map { queue.enter($0) } == [.run, .run, .wait])
    }

    /// A call that keeps its slot until its client leaves.
    private func hold(_ server: SimulatorServer) async throws -> RawConnection {
        let before = await server.statistics.requests
        let connection = try await RawConnection.open(server)
        try await connection.send(requestText(Paths.chat, Bodies.chat("stall-first")))
        _ = await server.statistics { $0.requests > before }
        return connection
    }

    @Test("a call without a slot waits and is answered when one is free")
    func waits() async throws {
        try await withServer(settings(1, queue: 1)) { server in
            let holder = try await hold(server)
            let waiting = try await RawConnection.open(server)
            try await waiting.send(requestText(Paths.chat, Bodies.chat("echo")))
            _ = await server.statistics { $0.waiting == 1 }
            // Reads need no slot.
            #expect(try await server.ask("/health", "", method: "GET").status == 200)
            #expect(try await server.chat("echo").status == 503)
            #expect(await server.statistics.refused == 1)
            await holder.close()
            let received = try await waiting.received(where: RawAnswer.isComplete)
            #expect(RawAnswer(received.bytes)?.status == 200)
            #expect(await server.statistics { $0.active == 0 }.waiting == 0)
            #expect(try await server.chat("echo").status == 200)
            await waiting.close()
        }
    }

    @Test("a call that leaves the queue leaves its place")
    func leaves() async throws {
        try await withServer(settings(1, queue: 1, .rateLimited)) { server in
            let holder = try await hold(server)
            let waiting = try await hold(server)
            _ = await server.statistics { $0.waiting == 1 }
            let refused = try await server.message("echo")
            #expect(refused.status == 429)
            #expect(refused.headers["retry-after"] == "2")
            await waiting.close()
            _ = await server.statistics { $0.waiting == 0 }
            let next = try await hold(server)
            _ = await server.statistics { $0.waiting == 1 }
            await holder.close()
            _ = await server.statistics { $0.waiting == 0 }
            await next.close()
            _ = await server.statistics { $0.active == 0 }
            #expect(try await server.chat("echo").status == 200)
        }
    }

    @Test("a slot comes back however the answer ends", arguments: ["echo", "refuse", "reset", "cut-mid", "http-500"])
    func comesBack(model: String) async throws {
        try await withServer(settings(1, queue: 0)) { server in
            for _ in 0..<3 {
                _ = try await server.raw(Paths.chat, Bodies.chat(model))
                _ = await server.statistics { $0.active == 0 }
            }
            #expect(await server.statistics.refused == 0)
        }
    }
}
