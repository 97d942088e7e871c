import Core

extension ValueType where Value == String {
    /// Text, not empty and without control characters.
    static func text(_ name: String = "text", bytesMax: Int = 4096) -> ValueType {
        scalar(ScalarShape(name: name, expectation: name, form: .text)) { text throws(ScalarProblem) in
            guard !text.isEmpty else { throw .message("expected \(name), found nothing") }
            guard text.utf8.count <= bytesMax else { throw .message("longer than \(bytesMax) bytes") }
            guard !text.utf8.contains(where: Characters.isControl) else {
                throw .message("holds a control character")
            }
            return text
        }
    }

    /// A name that stands in paths and labels.
    static let identifier = ValueType.scalar(
        ScalarShape(
            name: "name",
            expectation: "a name of letters, digits, '-', '_' and '.', which begins with a letter or digit",
            form: .name("^[A-Za-z0-9][A-Za-z0-9._-]{0,\(ConfigLimits.identifierBytesMax - 1)}$"))
    ) { text throws(ScalarProblem) in
        guard Characters.isIdentifier(text) else { throw .unexpected }
        return text
    }
}

extension ValueType where Value == Secret {
    /// Text that is never shown. What it must look like is checked where it is used.
    static let secret = ValueType.scalar(
        ScalarShape(name: "secret", expectation: "a secret text", form: .text), isSecret: true,
        parse: { text in Secret(text) })
}

extension ValueType where Value == Bool {
    static let boolean = ValueType.scalar(
        ScalarShape(name: "boolean", expectation: "true or false", form: .boolean)
    ) { text throws(ScalarProblem) in
        switch text {
        case "true": return true
        case "false": return false
        default: throw .unexpected
        }
    }
}

extension ValueType where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> ValueType {
        let shape = ScalarShape(
            name: "integer, \(range.lowerBound) to \(range.upperBound)",
            expectation: "a whole number from \(range.lowerBound) to \(range.upperBound)", form: .integer(range))
        return scalar(shape) { text throws(ScalarProblem) in
            guard let value = IntegerText.parse(text), range.contains(value) else { throw .unexpected }
            return value
        }
    }

    /// Bytes, written with a unit.
    static func size(_ range: ClosedRange<Int>) -> ValueType {
        let format: @Sendable (Int) -> String = { UnitText.format(Int64($0), units: UnitText.binarySizes) }
        let bounds = "\(format(range.lowerBound)) to \(format(range.upperBound))"
        let shape = ScalarShape(
            name: "size, \(bounds)", expectation: "a size with its unit, such as 64KiB or 64MiB (\(bounds))",
            form: .pattern("^[0-9]+(B|KiB|MiB|GiB|TiB|KB|MB|GB|TB)$"))
        return scalar(shape, format: format) { text throws(ScalarProblem) in
            let units = UnitText.binarySizes + UnitText.decimalSizes
            guard let value = UnitText.parse(text, units: units), range.contains(Int(value)) else { throw .unexpected }
            return Int(value)
        }
    }
}

extension ValueType where Value == Int64 {
    /// Nanoseconds, written with a unit.
    static func duration(_ range: ClosedRange<Int64>) -> ValueType {
        let format: @Sendable (Int64) -> String = { UnitText.format($0, units: UnitText.durations) }
        let bounds = "\(format(range.lowerBound)) to \(format(range.upperBound))"
        let shape = ScalarShape(
            name: "duration, \(bounds)",
            expectation: "a duration with its unit, such as 500ms, 5s, 10m, 2h or 1d (\(bounds))",
            form: .pattern("^[0-9]+(ms|s|m|h|d)$"))
        return scalar(shape, format: format) { text throws(ScalarProblem) in
            guard let value = UnitText.parse(text, units: UnitText.durations), range.contains(value) else {
                throw .unexpected
            }
            return value
        }
    }

    /// Microseconds since 1970, written as a date or a time.
    static let instant = ValueType.scalar(
        ScalarShape(
            name: "date or time", expectation: "a date such as 2027-01-01 or a time such as 2027-01-01T12:00:00Z",
            form: .pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].*)?$"))
    ) { text throws(ScalarProblem) in
        guard let value = InstantText.parse(text) else { throw .unexpected }
        return value
    }
}

/// Reads whole numbers: digits, with a sign in front if need be.
enum IntegerText {
    static func parse(_ text: String) -> Int? { text.hasPrefix("+") ? nil : Int(text) }
}
