/// A time that comes every week, in UTC.
public struct WeekWindow: Sendable, Equatable {
    /// ISO 8601: Monday is 1, Sunday is 7.
    public let days: ClosedRange<Int>
    /// Minutes of each of the days.
    public let minutes: Range<Int>

    public static let minutesPerDay = 1440

    /// nil where it is no time of a week.
    public init?(days: ClosedRange<Int>, minutes: Range<Int>) {
        guard days.lowerBound >= 1, days.upperBound <= 7, minutes.lowerBound >= 0,
            minutes.upperBound <= WeekWindow.minutesPerDay
        else { return nil }
        self.days = days
        self.minutes = minutes
    }

    func contains(unixMicroseconds time: Int64) -> Bool {
        let (day, rest) = floorDivided(time, by: 86_400_000_000)
        // 1 January 1970 was a Thursday.
        let weekday = Int(floorDivided(day + 3, by: 7).remainder) + 1
        return days.contains(weekday) && minutes.contains(Int(rest / 60_000_000))
    }

    private func floorDivided(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
