/// A number with a unit, such as `500ms` or `64MiB`.
enum UnitText {
    struct Unit: Sendable {
        let name: String
        let factor: Int64
    }

    /// From the smallest to the largest.
    static let durations = [
        Unit(name: "ms", factor: DurationLimits.millisecond), Unit(name: "s", factor: DurationLimits.second),
        Unit(name: "m", factor: DurationLimits.minute), Unit(name: "h", factor: DurationLimits.hour),
        Unit(name: "d", factor: DurationLimits.day),
    ]

    /// Binary units, which sizes are written with.
    static let binarySizes = [
        Unit(name: "B", factor: 1), Unit(name: "KiB", factor: 1 << 10), Unit(name: "MiB", factor: 1 << 20),
        Unit(name: "GiB", factor: 1 << 30), Unit(name: "TiB", factor: 1 << 40),
    ]

    /// Decimal units, which sizes may be written with too.
    static let decimalSizes = [
        Unit(name: "KB", factor: 1_000), Unit(name: "MB", factor: 1_000_000), Unit(name: "GB", factor: 1_000_000_000),
        Unit(name: "TB", factor: 1_000_000_000_000),
    ]

    /// Thousands and millions of what has no unit.
    static let multiples = [Unit(name: "k", factor: 1_000), Unit(name: "M", factor: 1_000_000)]

    /// The value in the base unit; nil for anything but digits and a unit, and for what does not fit.
    static func parse(_ text: String, units: [Unit]) -> Int64? {
        let digits = text.utf8.prefix(while: Characters.isDigit)
        guard let number = Int64(Substring(digits)) else { return nil }
        // By bytes: a digit with an accent is one character.
        let name = text.utf8.dropFirst(digits.count)
        guard let unit = units.first(where: { $0.name.utf8.elementsEqual(name) }) else { return nil }
        let (value, overflow) = number.multipliedReportingOverflow(by: unit.factor)
        return overflow ? nil : value
    }

    /// The shortest form: in the largest unit that divides the value.
    static func format(_ value: Int64, units: [Unit]) -> String {
        let unit = units.last { value >= $0.factor && value % $0.factor == 0 } ?? units[0]
        return "\(value / unit.factor)\(unit.name)"
    }
}
