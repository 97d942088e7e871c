/// What a value looks like in the file, as data: the documentation and the JSON Schema are written from it.
indirect enum Shape: Sendable {
    case scalar(ScalarShape)
    /// One of these words.
    case choice([String])
    case list(Shape, minimum: Int)
    /// From names to values; `names` says what the names are.
    case map(names: String, Shape, minimum: Int)
    case block(any Block.Type)
    case either([Shape])
    /// Any JSON value.
    case json
}

/// A single value.
struct ScalarShape: Sendable {
    /// How JSON Schema can check it.
    enum Form: Sendable {
        case text
        /// Text that matches a regular expression.
        case pattern(String)
        /// The same, of a text that YAML may take for a number or a boolean.
        case name(String)
        case integer(ClosedRange<Int>)
        case boolean
    }

    /// The type's name in the documentation: `duration, 1ms to 1d`.
    let name: String
    /// What an error says was expected: `a duration with its unit, such as 500ms or 5s`.
    let expectation: String
    let form: Form
}
