import Yams

/// How a value of one type is described, read and written.
struct ValueType<Value: Sendable>: Sendable {
    let shape: Shape
    /// Reads a value; nil when it is wrong, which was reported then.
    let read: @Sendable (Node, Place, ReadContext) -> Value?
    /// Writes a value as the file would have it; for the documentation of defaults.
    let format: @Sendable (Value) -> String
}

/// Why a scalar is not a value of its type.
enum ScalarProblem: Error {
    /// It is not what the type expects.
    case unexpected
    /// Said in full; holds nothing of the text.
    case message(String)
    /// Added to what the type expects.
    case hint(String)
}

extension ValueType {
    /// A type whose values are written as one scalar.
    ///
    /// - Parameter isSecret: no error repeats the text.
    static func scalar(
        _ shape: Shape, expectation: String, isSecret: Bool = false,
        format: @escaping @Sendable (Value) -> String = { "\($0)" },
        parse: @escaping @Sendable (String) throws(ScalarProblem) -> Value
    ) -> ValueType {
        ValueType(
            shape: shape,
            read: { node, place, context in
                guard let scalar = context.scalar(node, place, expected: expectation) else { return nil }
                do throws(ScalarProblem) {
                    return try parse(scalar.text)
                } catch {
                    let text = scalar.written.isEmpty ? "nothing" : "'\(Shown.text(scalar.written))'"
                    let found = isSecret ? "" : ", found \(text)"
                    switch error {
                    case .unexpected: context.errors.add(place, "expected \(expectation)\(found)")
                    case .message(let message): context.errors.add(place, message)
                    case .hint(let hint): context.errors.add(place, "expected \(expectation)\(found)\(hint)")
                    }
                    return nil
                }
            },
            format: format)
    }

    /// A type whose values are written as one scalar of a simple shape.
    static func scalar(
        _ shape: ScalarShape, isSecret: Bool = false, format: @escaping @Sendable (Value) -> String = { "\($0)" },
        parse: @escaping @Sendable (String) throws(ScalarProblem) -> Value
    ) -> ValueType {
        scalar(
            .scalar(shape), expectation: shape.expectation, isSecret: isSecret, format: format, parse: parse)
    }
}
