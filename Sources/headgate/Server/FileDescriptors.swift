import Foundation

/// The process's limit of open files.
enum FileDescriptors {
    /// Descriptors that are not connections: listeners, loops, databases, logs.
    private static let reserved = 128

    /// Raises the limit to its hard value.
    /// - Returns: how many clients there may be when each may need a connection to an upstream too.
    static func raiseLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 256 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        let descriptors = Int(min(limit.rlim_cur, 1 << 20))
        return max(16, (descriptors - reserved) / 2)
    }
}
