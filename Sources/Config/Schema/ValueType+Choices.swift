extension ValueType {
    /// One of some words.
    static func choice(_ choices: [(word: String, value: Value)]) -> ValueType {
        let words = choices.map(\.word)
        return scalar(
            .choice(words), expectation: Choice.list(words),
            format: { value in choices.first { "\($0.value)" == "\(value)" }?.word ?? "" },
            parse: { text throws(ScalarProblem) in
                if let choice = choices.first(where: { $0.word == text }) { return choice.value }
                throw .hint(Suggestion.suffix(for: text, among: words))
            })
    }
}

extension ValueType where Value: CaseIterable & RawRepresentable<String> {
    /// One of the words of an enumeration.
    static func choice(of type: Value.Type) -> ValueType {
        choice(type.allCases.map { (word: $0.rawValue, value: $0) })
    }
}

/// How many of something there may be: a number, or what the machine allows.
enum CountSetting: Sendable, Equatable {
    case automatic
    case count(Int)

    /// nil: what the machine allows.
    var count: Int? {
        if case .count(let count) = self { count } else { nil }
    }
}

extension ValueType where Value == CountSetting {
    /// `auto`, or a number.
    static func automaticOr(_ range: ClosedRange<Int>) -> ValueType {
        let integer = ValueType<Int>.integer(range)
        return scalar(
            .either([.choice(["auto"]), integer.shape]),
            expectation: "auto, or a whole number from \(range.lowerBound) to \(range.upperBound)",
            format: { $0.count.map { "\($0)" } ?? "auto" },
            parse: { text throws(ScalarProblem) in
                if text == "auto" { return .automatic }
                guard let count = IntegerText.parse(text), range.contains(count) else { throw .unexpected }
                return .count(count)
            })
    }
}

extension ValueType where Value == CountSetting {
    /// `auto`, or bytes, written with a unit.
    static func automaticOrSize(_ range: ClosedRange<Int>) -> ValueType {
        let size = ValueType<Int>.size(range)
        let format: @Sendable (Int) -> String = { UnitText.format(Int64($0), units: UnitText.binarySizes) }
        return scalar(
            .either([.choice(["auto"]), size.shape]),
            expectation:
                "auto, or a size with its unit from \(format(range.lowerBound)) to \(format(range.upperBound))",
            format: { $0.count.map(format) ?? "auto" },
            parse: { text throws(ScalarProblem) in
                if text == "auto" { return .automatic }
                let units = UnitText.binarySizes + UnitText.decimalSizes
                guard let count = UnitText.parse(text, units: units), range.contains(Int(count)) else {
                    throw .unexpected
                }
                return .count(Int(count))
            })
    }
}

/// Words as a person lists them.
enum Choice {
    static func list(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
