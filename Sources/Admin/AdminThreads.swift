import Hummingbird
import NIOPosix
import Synchronization

/// Threads that may wait for a disk. Those of the door are its own: whoever asks for a month of records must not keep
/// others from signing in, or from revoking a key.
enum AdminThreads {
    /// Tokens, sessions, keys: what is small and quick.
    static let door = started(threads: 1)
    /// Records and their sums.
    static let queries = started(threads: 4)

    /// Questions of records that run or wait; more are refused.
    static let queriesMax = 32
    private static let running = Atomic<Int>(0)

    /// Runs a question of records when a thread is free.
    static func query<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        defer { running.subtract(1, ordering: .relaxed) }
        guard running.add(1, ordering: .relaxed).newValue <= queriesMax else {
            throw AdminError(
                status: .tooManyRequests, code: "busy",
                message: "\(queriesMax) questions are being answered already: try again in a moment.")
        }
        return try await queries.runIfActive(body)
    }

    /// Goes on with a question that was let in: what has begun is not refused halfway.
    static func goOn<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await queries.runIfActive(body)
    }

    private static func started(threads: Int) -> NIOThreadPool {
        let pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
        return pool
    }
}
