/// Reads how long a server wants to be left alone.
public enum RetryAfter {
    /// Whole seconds, rounded up, from `retry-after-ms` or from `retry-after` in its form of seconds. A date gives nil:
    /// it is passed on as it came.
    public static func seconds(retryAfter: String?, retryAfterMilliseconds: String?) -> Int? {
        nanoseconds(retryAfter: retryAfter, retryAfterMilliseconds: retryAfterMilliseconds, unixMicroseconds: nil)
            .map { Int(($0 + 999_999_999) / 1_000_000_000) }
    }

    /// Nanoseconds, from `retry-after-ms` or from `retry-after` in either form; 0 for a date that is past.
    ///
    /// - Parameter unixMicroseconds: the time of day; nil: dates are not read.
    public static func nanoseconds(
        retryAfter: String?, retryAfterMilliseconds: String?, unixMicroseconds: Int64?
    ) -> Int64? {
        if let milliseconds = retryAfterMilliseconds.flatMap(Double.init), milliseconds >= 0, milliseconds < 1e12 {
            return Int64((milliseconds * 1e6).rounded(.up))
        }
        if let seconds = retryAfter.flatMap(Double.init), seconds >= 0, seconds < 1e9 {
            return Int64((seconds * 1e9).rounded(.up))
        }
        guard let unixMicroseconds, let date = retryAfter.flatMap(HTTPDate.parse) else { return nil }
        return ResetTime.nanoseconds(until: date, from: unixMicroseconds)
    }
}
