import Core

/// How long until something, in the spellings of providers.
public enum ResetTime {
    /// A number from which on it is a time and not a duration, in seconds: 30 days.
    private static let secondsMax = 2_592_000.0
    private static let nanosecondsMax = 1e18

    /// - Parameters:
    ///   - text: a duration (`12ms`, `6m0s`, `2m59.56s`), seconds, a time of RFC 3339, or seconds or milliseconds since
    ///     1970.
    ///   - unixMicroseconds: the time of day.
    /// - Returns: nanoseconds; 0 for what is past; nil for what is none of these.
    static func nanoseconds(_ text: UnsafeRawBufferPointer, unixMicroseconds: Int64) -> Int64? {
        let text = String(decoding: text, as: UTF8.self)
        if let number = Double(text) {
            guard number >= 0, number < 1e15 else { return nil }
            if number < secondsMax { return Int64(number * 1e9) }
            let seconds = number < 1e11 ? number : number / 1000
            return nanoseconds(until: Int64(seconds * 1e6), from: unixMicroseconds)
        }
        if let duration = duration(text) { return duration }
        return InstantText.parse(text).map { nanoseconds(until: $0, from: unixMicroseconds) }
    }

    /// Between two times in microseconds since 1970; 0 for what is past. A server may name any year: more than thirty
    /// years count as that.
    static func nanoseconds(until end: Int64, from start: Int64) -> Int64 {
        min(max(0, end - start), Int64(nanosecondsMax) / 1000) * 1000
    }

    /// Numbers with their units, one after the other, as Go writes durations; Google's `37s` is one too.
    public static func duration(_ text: String) -> Int64? {
        var rest = text[...]
        var sum = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits), let factor = factor(unit) else { return nil }
            sum += number * factor
        }
        return sum < nanosecondsMax ? Int64(sum) : nil
    }

    private static func factor(_ unit: Substring) -> Double? {
        switch unit {
        case "ns": 1
        case "us", "µs", "μs": 1e3
        case "ms": 1e6
        case "s": 1e9
        case "m": 60e9
        case "h": 3600e9
        case "d": 86_400e9
        default: nil
        }
    }
}
