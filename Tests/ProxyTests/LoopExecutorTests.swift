import NIOCore
import NIOPosix
import Testing

@testable import Proxy

/// What the plan of one actor per event loop relies on, each rule by itself.
@Suite struct LoopExecutorTests {
    private actor Plain {
        func isOn(_ loop: any EventLoop) -> Bool { loop.inEventLoop }
    }

    private actor Worker {
        nonisolated let executor: LoopExecutor
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        private var waiter: UnsafeContinuation<Void, Never>?

        init(_ loop: any EventLoop) { executor = LoopExecutor(loop) }

        func run<Result: Sendable>(_ body: @escaping @Sendable (isolated Worker) async -> Result) async -> Result {
            await Task(executorPreference: executor) { await body(self) }.value
        }

        func resumeFromTheLoop() async -> Bool {
            executor.loop.execute { self.assumeIsolated { $0.wake() } }
            await withUnsafeContinuation { waiter = $0 }
            return executor.loop.inEventLoop
        }

        private func wake() {
            waiter?.resume()
            waiter = nil
        }

        func isInTask() async -> Bool {
            let loop = executor.loop
            return await Task { loop.inEventLoop }.value
        }
    }

    private func withWorker(_ body: (Worker) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await body(Worker(group.next()))
        try await group.shutdownGracefully()
    }

    @Test func anExchangesTaskStaysOnItsLoopOverAwaits() async throws {
        try await withWorker { worker in
            #expect(await worker.run { await $0.resumeFromTheLoop() })
        }
    }

    /// Hence what blocks or takes long must not be a plain actor that an exchange calls.
    @Test func aPlainActorCalledFromAnExchangeRunsOnTheLoop() async throws {
        try await withWorker { worker in
            let plain = Plain()
            #expect(await worker.run { await plain.isOn($0.executor.loop) })
        }
    }

    @Test func aDetachedTaskLeavesTheLoop() async throws {
        try await withWorker { worker in
            let left = await worker.run { worker in
                let loop = worker.executor.loop
                return await Task.detached { !loop.inEventLoop }.value
            }
            #expect(left)
        }
    }

    @Test func aTaskThatDoesNotTouchItsActorLeavesTheLoop() async throws {
        try await withWorker { worker in
            #expect(await worker.isInTask() == false)
        }
    }

    @Test func handlersOfTheLoopEnterWithoutAHop() async throws {
        try await withWorker { worker in
            let entered = try await worker.executor.loop.submit {
                worker.assumeIsolated { $0.executor.loop.inEventLoop }
            }.get()
            #expect(entered)
        }
    }
}
