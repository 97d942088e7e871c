import Core

/// A day of UTC, as its number since 1970.
struct Day: Sendable, Hashable, Comparable {
    let number: Int64

    static let microseconds = CivilDay.microseconds

    init(containing unixMicroseconds: Int64) {
        number = CivilDay.number(containing: unixMicroseconds)
    }

    /// `2026-11-23`.
    init?(name: some StringProtocol) {
        guard let number = CivilDay.number(name) else { return nil }
        self.number = number
    }

    var name: String { CivilDay.text(number) }
    var start: Int64 { number * Self.microseconds }
    var end: Int64 { start + Self.microseconds }

    static func < (a: Day, b: Day) -> Bool { a.number < b.number }
}
