public import Core

/// What answers a call when all attempts at its model's targets have failed.
public struct Fallback: Sendable {
    public enum Answer: Sendable {
        /// The targets of another entry of `models`.
        case model(String)
        /// A text, told as the model's answer.
        case template(Template)
        /// What an endpoint of the user's says.
        case http(FallbackEndpoint)
        /// An error with words of its own.
        case error(message: String, retryAfterSeconds: Int?)
    }

    public let answer: Answer
    /// The failures that it answers for.
    public let reasons: Set<FailureReason>

    /// All but mistakes of the caller's.
    public static let anyReason = Set(FailureReason.allCases).subtracting([.invalidRequest])

    public init(_ answer: Answer, reasons: Set<FailureReason> = Fallback.anyReason) {
        self.answer = answer
        self.reasons = reasons
    }

    /// The word that the record and the answer's head have for it.
    public var kind: String {
        switch answer {
        case .model: "model"
        case .template: "template"
        case .http: "http"
        case .error: "error"
        }
    }
}

/// An endpoint of the user's that answers in a model's place.
public struct FallbackEndpoint: Sendable {
    public let origin: Origin
    /// The path with its query.
    public let target: String
    /// Nanoseconds.
    public let timeout: Int64

    public init(origin: Origin, target: String, timeout: Int64) {
        self.origin = origin
        self.target = target
        self.timeout = timeout
    }
}

/// A text with places for what is known of a call: `{{user}}`.
public struct Template: Sendable, Equatable {
    enum Part: Sendable, Equatable {
        case text(String)
        case value(String)
    }

    let parts: [Part]

    /// Names that are no tags.
    public static let ownNames: Set<String> = ["model", "request_id", "error", "retry_after"]

    /// - Throws: what is wrong, for a person.
    public init(_ text: String) throws(TemplateError) {
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.range(of: "{{") {
            if open.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<open.lowerBound]))) }
            guard let close = rest[open.upperBound...].range(of: "}}") else {
                throw TemplateError("'{{' is never closed by '}}'")
            }
            let name = rest[open.upperBound..<close.lowerBound].filter { $0 != " " }
            guard !name.isEmpty, name.utf8.allSatisfy(Self.isOfName) else {
                throw TemplateError(
                    "'{{...}}' names a tag, or one of \(Self.ownNames.sorted().joined(separator: ", "))")
            }
            parts.append(.value(String(name)))
            rest = rest[close.upperBound...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    /// - Parameter value: what is known under a name; nil leaves its place empty.
    public func filled(_ value: (String) -> String?) -> String {
        parts.reduce(into: "") { result, part in
            switch part {
            case .text(let text): result += text
            case .value(let name): result += value(name) ?? ""
            }
        }
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}

public struct TemplateError: Error, Equatable {
    public let message: String

    init(_ message: String) { self.message = message }
}

extension Substring {
    /// Where two bytes stand, without the Foundation that has a function for it.
    fileprivate func range(of pair: String) -> Range<Index>? {
        var place = startIndex
        while place < endIndex {
            if self[place...].hasPrefix(pair) { return place..<index(place, offsetBy: pair.count) }
            place = index(after: place)
        }
        return nil
    }
}

extension Snapshot {
    /// The user's endpoints that stand among the fallbacks.
    public var fallbackEndpoints: [FallbackEndpoint] {
        routes.routes.flatMap(\.fallbacks).compactMap { fallback in
            if case .http(let endpoint) = fallback.answer { endpoint } else { nil }
        }
    }
}
