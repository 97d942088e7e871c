import Core
import Foundation

/// The body of `POST /v1/feedback`.
struct FeedbackRequest {
    var requestID: ExchangeID?
    var traceID: TraceID?
    var name: String
    var value: Feedback.Value
    var label: String?
    var comment: String?
    var correction: String?

    private static let members = ["request_id", "trace_id", "name", "value", "label", "comment", "correction"]
    private static let nameBytesMax = 128
    private static let textBytesMax = 16 * 1024

    init(_ body: Data) throws(GatewayError) {
        guard let object = (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] else {
            throw Self.refusal("The body must be a JSON object.")
        }
        if let unknown = object.keys.first(where: { !Self.members.contains($0) }) {
            throw Self.refusal(
                "'\(unknown.prefix(64))' is not known; there are \(Self.members.joined(separator: ", ")).")
        }
        if let text = object["request_id"] {
            guard let id = (text as? String).flatMap({ ExchangeID($0) }) else {
                throw Self.refusal("'request_id' is no id: it stands in the answer's x-request-id.", "request_id")
            }
            requestID = id
        }
        if let text = object["trace_id"] {
            guard let id = (text as? String).flatMap({ TraceID($0) }) else {
                throw Self.refusal("'trace_id' must have 32 hexadecimal digits.", "trace_id")
            }
            traceID = id
        }
        guard requestID != nil || traceID != nil else {
            throw Self.refusal("Say what it is about: 'request_id' or 'trace_id'.", "request_id")
        }
        guard let name = object["name"] as? String, (1...Self.nameBytesMax).contains(name.utf8.count) else {
            throw Self.refusal("'name' must be a text of 1 to \(Self.nameBytesMax) bytes.", "name")
        }
        self.name = name
        value = try Self.value(body)
        label = try Self.text(object, "label")
        comment = try Self.text(object, "comment")
        correction = try Self.text(object, "correction")
    }

    /// A number, a flag or a category, told apart by the decoder.
    private struct AnyValue: Decodable {
        struct Holder: Decodable { var value: AnyValue? }

        var value: Feedback.Value

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let flag = try? container.decode(Bool.self) {
                value = .flag(flag)
            } else if let number = try? container.decode(Double.self), number.isFinite {
                value = .number(number)
            } else {
                value = .category(try container.decode(String.self))
            }
        }
    }

    private static func value(_ body: Data) throws(GatewayError) -> Feedback.Value {
        let holder = try? JSONDecoder().decode(AnyValue.Holder.self, from: body)
        switch holder?.value?.value {
        case .category(let text) where !(1...nameBytesMax).contains(text.utf8.count): break
        case let value?: return value
        case nil: break
        }
        throw refusal("'value' must be a number, true or false, or a category of 1 to \(nameBytesMax) bytes.", "value")
    }

    private static func text(_ object: [String: Any], _ name: String) throws(GatewayError) -> String? {
        guard let value = object[name], !(value is NSNull) else { return nil }
        guard let text = value as? String, text.utf8.count <= textBytesMax else {
            throw refusal("'\(name)' must be a text of at most \(textBytesMax) bytes.", name)
        }
        return text
    }

    private static func refusal(_ message: String, _ parameter: String? = nil) -> GatewayError {
        GatewayError(.invalidRequest, message, parameter: parameter)
    }
}
