import Core
import Foundation

/// Tags that have no column of their own, as a JSON object.
enum TagsText {
    static func write(_ tags: Tags) -> String? {
        var text = ""
        for tag in tags.entries where RecordDimension.ofTag[tag.name] == nil {
            text += text.isEmpty ? "{" : ","
            append(tag.name, to: &text)
            text += ":"
            append(tag.value, to: &text)
        }
        return text.isEmpty ? nil : text + "}"
    }

    /// - Returns: the pairs by name; none for a text that is no such object.
    static func read(_ text: String) -> [(String, String)] {
        let pairs = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        return (pairs ?? [:]).sorted { $0.key < $1.key }
    }

    private static func append(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
