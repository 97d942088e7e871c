import Core
import Foundation
import NIOCore
import Wire

/// How lines look: text for a person at a terminal, JSON for a program.
public enum LogFormat: Sendable {
    case text
    case json
}

/// Writes the time of day as RFC 3339 with milliseconds, in UTC.
struct TimestampWriter {
    private var second: Int64 = -1
    private var prefix = ""

    /// The calendar is asked once a second; the milliseconds are put behind.
    mutating func write(_ unixMicroseconds: Int64, into line: inout TextCursor) {
        let now = unixMicroseconds / 1_000_000
        if now != second {
            second = now
            var time = time_t(now)
            var parts = tm()
            gmtime_r(&time, &parts)
            prefix = String(
                format: "%04d-%02d-%02dT%02d:%02d:%02d.", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                parts.tm_hour, parts.tm_min, parts.tm_sec)
        }
        line.write(prefix)
        line.writeDigits(Int(unixMicroseconds / 1000 % 1000), count: 3)
        line.write("Z")
    }

    /// Bytes of a time of day.
    static let bytesMax = 32
}
