import Core

/// Names of models as clients send them, with a `*` at the end or without.
enum ModelPatternText {
    /// What is wrong with it, if anything is.
    static func problem(_ text: String) -> String? {
        if text.isEmpty { return "expected the name of a model" }
        if text.utf8.count > Limits.modelNameBytesMax {
            return "a model's name is longer than \(Limits.modelNameBytesMax) bytes"
        }
        if text.utf8.contains(where: Characters.isControl) { return "a model's name holds a control character" }
        return text.dropLast().contains("*") ? "'*' may stand at the end of a model's name only" : nil
    }
}

/// Names of tags.
enum TagName {
    /// What is wrong with it, if anything is. Tags come in header fields too, so that they are lower case.
    static func problem(_ text: String) -> String? {
        guard !text.isEmpty, text.utf8.count <= Limits.tagNameBytesMax else {
            return "expected the name of a tag, 1 to \(Limits.tagNameBytesMax) bytes long"
        }
        guard text.utf8.allSatisfy(Characters.isToken), text == text.lowercased() else {
            return "a tag's name is lower case, and holds what the name of a header field may hold"
        }
        return nil
    }
}

/// Names of providers.
enum ProviderName {
    static func problem(_ text: String) -> String? {
        Characters.isIdentifier(text)
            ? nil
            : "a provider's name is letters, digits, '-', '_' and '.', begins with a letter or digit, and has at most "
                + "\(ConfigLimits.identifierBytesMax) characters"
    }
}

/// Header fields that a provider's calls may be given.
enum HeaderText {
    /// Fields that belong to one connection or to one message; the gateway writes them.
    private static let reserved: Set<String> = [
        "connection", "content-length", "expect", "host", "keep-alive", "proxy-authenticate", "proxy-authorization",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    static func problem(_ name: String) -> String? {
        guard !name.isEmpty, name.utf8.count <= ConfigLimits.identifierBytesMax,
            name.utf8.allSatisfy(Characters.isToken)
        else { return "not the name of a header field" }
        return reserved.contains(name.lowercased()) ? "the field '\(name)' is written by the gateway" : nil
    }

    /// Visible ASCII, with spaces and tabs inside only. Anything else could end the field and begin another.
    static func isValue(_ text: String) -> Bool {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard let first = text.utf8.first, let last = text.utf8.last, !isBlank(first), !isBlank(last) else {
            return false
        }
        return text.utf8.allSatisfy { Characters.isVisible($0) || isBlank($0) }
    }
}

extension ValueType where Value == String {
    /// The value of a header field; it may be a credential, so that no error repeats it.
    static let headerValue = ValueType.scalar(
        ScalarShape(name: "header value", expectation: "the value of a header field", form: .text), isSecret: true
    ) { text throws(ScalarProblem) in
        guard HeaderText.isValue(text) else {
            throw .message("the value of a header field is visible ASCII characters, with spaces between them only")
        }
        return text
    }
}
