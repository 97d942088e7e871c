#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The time of day and its two spellings in provider headers.
enum WallClock {
    @Sendable
    static func unixMilliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// RFC 9110 §5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func httpDate(unixSeconds: Int64) -> String {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let date = CivilDate(unixSeconds: unixSeconds)
        let weekday = weekdays[Int(unixSeconds / 86400 % 7)]
        return "\(weekday), \(padded(date.day)) \(months[date.month - 1]) \(date.year) \(date.time) GMT"
    }

    /// RFC 3339: `1994-11-06T08:49:37Z`.
    static func rfc3339(unixSeconds: Int64) -> String {
        let date = CivilDate(unixSeconds: unixSeconds)
        return "\(date.year)-\(padded(date.month))-\(padded(date.day))T\(date.time)Z"
    }

    fileprivate static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// A UTC date after 1970, by Howard Hinnant's `civil_from_days`.
private struct CivilDate {
    let year: Int
    let month: Int
    let day: Int
    let time: String

    init(unixSeconds: Int64) {
        let second = Int(unixSeconds % 86400)
        time = [second / 3600, second / 60 % 60, second % 60].map(WallClock.padded).joined(separator: ":")
        let days = Int(unixSeconds / 86400) + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
