import Core
public import Foundation

/// Times as text: RFC 3339 with microseconds, in UTC.
public enum Timestamp {
    public static func text(_ unixMicroseconds: Int64) -> String {
        var seconds = time_t(unixMicroseconds / 1_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func padded(_ value: Int, _ digits: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        return padded(Int(parts.tm_year) + 1900, 4) + "-" + padded(Int(parts.tm_mon) + 1, 2) + "-"
            + padded(Int(parts.tm_mday), 2) + "T" + padded(Int(parts.tm_hour), 2) + ":" + padded(Int(parts.tm_min), 2)
            + ":" + padded(Int(parts.tm_sec), 2) + "." + padded(Int(unixMicroseconds % 1_000_000), 6) + "Z"
    }

    /// A time as a person gives one: RFC 3339, a date (its first instant in the time zone), or how long ago (`15m`,
    /// `24h`, `7d`).
    /// - Returns: microseconds since 1970; nil for anything else, and for years before 1970 or after 9999.
    public static func parse(_ text: String, now: Int64, in zone: TimeZone) -> Int64? {
        if let ago = span(text) { return max(0, now - ago) }
        if text.count == 10 {
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = zone
            let parts = text.split(separator: "-").compactMap { Int($0) }
            guard parts.count == 3,
                let date = DateComponents(calendar: calendar, year: parts[0], month: parts[1], day: parts[2]).date,
                calendar.component(.day, from: date) == parts[2]
            else { return nil }
            return microseconds(date)
        }
        for options: ISO8601DateFormatter.Options in [
            [.withInternetDateTime], [.withInternetDateTime, .withFractionalSeconds],
        ] {
            let formatter = ISO8601DateFormatter()
            formatter.formatOptions = options
            if let date = formatter.date(from: text) { return microseconds(date) }
        }
        return nil
    }

    private static func microseconds(_ date: Date) -> Int64? {
        let seconds = date.timeIntervalSince1970
        guard (0..<253_402_300_800).contains(seconds) else { return nil }
        return Int64((seconds * 1_000_000).rounded())
    }

    /// `90s`, `15m`, `24h`, `7d`, `2w` in microseconds.
    public static func span(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        guard let unit = text.last.flatMap({ units[$0] }), let number = Int64(text.dropLast()), number >= 0,
            number <= 100_000
        else { return nil }
        return number * unit * 1_000_000
    }
}
