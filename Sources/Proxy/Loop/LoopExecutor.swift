import NIOCore

/// An event loop as both kinds of executor. As task executor it keeps a continuation that was resumed on the loop on
/// the loop; with the loop as serial executor alone, each resume would go through the global pool first.
final class LoopExecutor: TaskExecutor, SerialExecutor {
    let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute {
            job.runSynchronously(
                isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
        }
    }

    func checkIsolated() { loop.preconditionInEventLoop() }
}
