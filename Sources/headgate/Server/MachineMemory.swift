import Foundation

/// The memory that the program may use: the machine's, or its container's where that has less.
enum MachineMemory {
    /// Of it, what the bodies of requests may hold: a body is there several times while it is translated and recorded.
    private static let shareForBodies = 4

    /// Bytes.
    static var bytesForBodies: Int { bytes / shareForBodies }

    private static var bytes: Int {
        let bounds = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].compactMap(number)
        return bounds.reduce(Int(clamping: ProcessInfo.processInfo.physicalMemory), min)
    }

    /// nil: there is no such file, or no bound in it.
    private static func number(in file: String) -> Int? {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
        return Int(text.trimmingCharacters(in: .whitespacesAndNewlines)).flatMap { $0 > 0 ? $0 : nil }
    }
}
