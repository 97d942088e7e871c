import Synchronization

/// Counts wrong codes of all who try: with ten in a minute, nobody tries 2^58 codes in the ten minutes for which one is
/// good.
final class LoginThrottle: Sendable {
    private let failures = Mutex<[Int64]>([])

    static let failuresMax = 10
    static let windowMicroseconds: Int64 = 60_000_000

    /// - Parameter now: microseconds since 1970.
    /// - Returns: in how many seconds one may try again; nil: now.
    func wait(now: Int64) -> Int? {
        failures.withLock { failures in
            failures.removeAll { $0 <= now - Self.windowMicroseconds }
            guard failures.count >= Self.failuresMax, let oldest = failures.first else { return nil }
            return max(1, Int((oldest + Self.windowMicroseconds - now + 999_999) / 1_000_000))
        }
    }

    /// What was counted as wrong ahead was right.
    func forgive(failureAt now: Int64) {
        failures.withLock { failures in
            if let place = failures.lastIndex(of: now) { failures.remove(at: place) }
        }
    }

    /// Before it is known to be one: of many at the same moment no more are tried.
    func note(failureAt now: Int64) {
        failures.withLock { failures in
            failures.append(now)
            if failures.count > Self.failuresMax { failures.removeFirst() }
        }
    }
}
