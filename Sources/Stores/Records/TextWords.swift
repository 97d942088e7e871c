import GRDB

/// How texts are searched: by words. What is asked for must begin a word and may end inside one; several words in a row
/// (`x-request`, `3.5`) must stand in a row. Letters count the same in upper and lower case.
enum TextWords {
    /// The words in lower case, a space before each. A sign of a script without spaces is a word by itself.
    static func folded(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 8)
        var isInWord = false
        for scalar in text.unicodeScalars {
            let standsAlone = standsAlone(scalar)
            guard isPartOfWord(scalar) else {
                isInWord = false
                continue
            }
            if !isInWord || standsAlone { bytes.append(UInt8(ascii: " ")) }
            isInWord = !standsAlone
            if scalar.isASCII {
                let byte = UInt8(scalar.value)
                bytes.append((65...90).contains(byte) ? byte | 0x20 : byte)
            } else {
                bytes.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
            }
        }
        return bytes
    }

    private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return switch scalar.value {
            case 48...57, 65...90, 97...122: true
            default: false
            }
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .nonspacingMark, .spacingMark, .enclosingMark:
            return true
        default: return false
        }
    }

    /// Thai, Lao, Burmese, Khmer, Japanese and Chinese are written without spaces.
    private static func standsAlone(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x2E80...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF:
            true
        default: false
        }
    }

    /// Whether a text has what is asked for.
    /// - Parameter wanted: folded.
    static func contains(_ text: String, _ wanted: [UInt8]) -> Bool {
        let words = folded(text)
        guard words.count >= wanted.count else { return false }
        return (0...(words.count - wanted.count)).contains { words[$0...].starts(with: wanted) }
    }

    /// `has_words(request_preview, response_preview, wanted)`.
    static let function = DatabaseFunction("has_words", argumentCount: 3, pure: true) { values in
        guard let wanted = String.fromDatabaseValue(values[2]).map({ Array($0.utf8) }) else { return false }
        return values[..<2].contains { value in String.fromDatabaseValue(value).map { contains($0, wanted) } ?? false }
    }
}

/// What somebody searches for, part by part. Each must stand in what was asked or answered.
struct TextQuery {
    struct Part {
        let text: String
        /// Empty where the part has no letter or digit: then it is looked for as it is.
        let words: [UInt8]
    }

    let parts: [Part]

    /// Words of one query that the index is asked for; what more is asked is looked for in what it finds.
    private static let indexedWordsMax = 32

    init(_ text: String) {
        parts = text.split(whereSeparator: \.isWhitespace).map {
            Part(text: String($0), words: TextWords.folded(String($0)))
        }
    }

    /// In the index's own words; nil where it cannot help.
    var match: String? {
        let words = parts.flatMap { part -> [String] in
            let words = part.words.split(separator: UInt8(ascii: " ")).map {
                "\"" + String(decoding: $0, as: UTF8.self)
            }
            return words.dropLast().map { $0 + "\"" } + words.suffix(1).map { $0 + "\"*" }
        }
        return words.isEmpty ? nil : words.prefix(Self.indexedWordsMax).joined(separator: " ")
    }
}

extension TextQuery.Part {
    /// A run of ASCII that every fitting text has, upper or lower case: looked for first, because that is quick.
    var plain: String? {
        guard !words.isEmpty else { return text }
        return words.split { $0 == UInt8(ascii: " ") || $0 >= 0x80 }.max { $0.count < $1.count }
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
