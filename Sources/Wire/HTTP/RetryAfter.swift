/// Reads how long a server wants to be left alone.
public enum RetryAfter {
    /// Whole seconds, rounded up, from `retry-after-ms` or from `retry-after` in its form of seconds. A date gives nil:
    /// it is passed on as it came.
    public static func seconds(retryAfter: String?, retryAfterMilliseconds: String?) -> Int? {
        if let milliseconds = retryAfterMilliseconds.flatMap(Double.init), milliseconds >= 0, milliseconds < 1e12 {
            return Int((milliseconds / 1000).rounded(.up))
        }
        if let seconds = retryAfter.flatMap(Double.init), seconds >= 0, seconds < 1e9 {
            return Int(seconds.rounded(.up))
        }
        return nil
    }
}
