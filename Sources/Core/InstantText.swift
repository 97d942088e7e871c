/// Reads a date (`2027-01-01`: its first instant in UTC) or a time of RFC 3339 as microseconds since 1970.
public enum InstantText {
    private static let microsecondsPerSecond: Int64 = 1_000_000
    private static let secondsPerDay: Int64 = 86_400

    public static func parse(_ text: String) -> Int64? {
        var reader = DigitReader(text)
        guard let year = reader.number(digits: 4), reader.skip("-"), let month = reader.number(digits: 2),
            reader.skip("-"), let day = reader.number(digits: 2), isDay(year, month, day)
        else { return nil }
        let midnight = CivilDay.number(year: year, month: month, day: day) * secondsPerDay
        if reader.isAtEnd { return midnight * microsecondsPerSecond }
        guard reader.skip("T") || reader.skip("t") || reader.skip(" "), let time = time(&reader),
            let offset = offset(&reader), reader.isAtEnd
        else { return nil }
        return (midnight - offset) * microsecondsPerSecond + time
    }

    /// `hh:mm:ss[.f]` in microseconds. A leap second counts as the one before it.
    private static func time(_ reader: inout DigitReader) -> Int64? {
        guard let hour = reader.number(digits: 2), hour < 24, reader.skip(":"), let minute = reader.number(digits: 2),
            minute < 60, reader.skip(":"), let second = reader.number(digits: 2), second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if reader.skip(".") {
            guard let read = reader.fraction() else { return nil }
            fraction = read
        }
        return (hour * 3600 + minute * 60 + min(second, 59)) * microsecondsPerSecond + fraction
    }

    /// `Z` or `+hh:mm`, in seconds.
    private static func offset(_ reader: inout DigitReader) -> Int64? {
        if reader.skip("Z") || reader.skip("z") { return 0 }
        let sign: Int64 = reader.skip("-") ? -1 : 1
        guard sign == -1 || reader.skip("+"), let hours = reader.number(digits: 2), hours < 24, reader.skip(":"),
            let minutes = reader.number(digits: 2), minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private static func isDay(_ year: Int64, _ month: Int64, _ day: Int64) -> Bool {
        guard (1...12).contains(month) else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...lengths[Int(month) - 1]).contains(day)
    }
}

/// Reads fixed numbers of digits and single characters from the front of a text.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number(digits: Int) -> Int64? {
        let taken = rest.prefix(digits)
        guard taken.count == digits, taken.allSatisfy(DigitReader.isDigit) else { return nil }
        rest = rest.dropFirst(digits)
        return Int64(Substring(taken))
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// The digits after a point, in millionths; further ones are cut off.
    mutating func fraction() -> Int64? {
        let taken = rest.prefix(while: DigitReader.isDigit)
        guard !taken.isEmpty else { return nil }
        rest = rest.dropFirst(taken.count)
        return Int64(String(decoding: taken.prefix(6), as: UTF8.self).padded(to: 6))
    }
}

extension String {
    fileprivate func padded(to count: Int) -> String {
        self + String(repeating: "0", count: max(0, count - utf8.count))
    }
}
