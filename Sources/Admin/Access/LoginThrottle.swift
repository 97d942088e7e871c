import Synchronization

/// Counts wrong codes of all who try: with ten in a minute, nobody tries 2^58 codes in the ten minutes for which one is
/// good.
final class LoginThrottle: Sendable {
    private let failures = Mutex<[Int64]>([])

    static let failuresMax = 10
    static let windowMicroseconds: Int64 = 60_000_000

    /// Lets a try through, and counts it as wrong before it is known to be: of many at the same moment no more are let
    /// through.
    /// - Parameter now: microseconds since 1970.
    /// - Returns: in how many seconds one may try again; nil: this one may.
    func attempt(now: Int64) -> Int? {
        failures.withLock { failures in
            failures.removeAll { $0 <= now - Self.windowMicroseconds }
            if failures.count >= Self.failuresMax, let oldest = failures.first {
                return max(1, Int((oldest + Self.windowMicroseconds - now + 999_999) / 1_000_000))
            }
            failures.append(now)
            return nil
        }
    }

    /// What was counted as wrong ahead was right.
    func forgive(attemptAt now: Int64) {
        failures.withLock { failures in
            if let place = failures.lastIndex(of: now) { failures.remove(at: place) }
        }
    }
}
