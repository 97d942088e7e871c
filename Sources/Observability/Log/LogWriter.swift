import Core
import Dispatch
import Foundation
public import NIOCore
import Synchronization

/// Writes finished lines to a file descriptor from a queue of its own, so that a slow terminal or pipe never holds an
/// event loop. Bounded: when the reader is too far behind, whole buffers are dropped and counted. Fails open.
public final class LogWriter: Sendable {
    private let queue = DispatchQueue(label: "headgate.log")
    private let descriptor: Int32
    private let waiting = Atomic<Int>(0)
    private let droppedBuffers = Atomic<Int>(0)

    /// - Parameter descriptor: 2 for the standard error stream.
    public init(descriptor: Int32) { self.descriptor = descriptor }

    public var dropped: Int { droppedBuffers.load(ordering: .relaxed) }

    /// - Returns: false when the buffer was dropped.
    @discardableResult
    public func write(_ lines: ByteBuffer) -> Bool {
        guard waiting.add(1, ordering: .relaxed).newValue <= Limits.logBuffersWaitingMax else {
            waiting.subtract(1, ordering: .relaxed)
            droppedBuffers.add(1, ordering: .relaxed)
            return false
        }
        queue.async { [self] in
            writeAll(lines)
            waiting.subtract(1, ordering: .relaxed)
        }
        return true
    }

    /// Waits until everything handed over so far is written; for the program's end.
    public func finish() { queue.sync {} }

    private func writeAll(_ lines: ByteBuffer) {
        lines.withUnsafeReadableBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                // A closed pipe takes nothing any more: there is nobody to tell.
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}
