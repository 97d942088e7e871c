import Yams

/// Finds the second of two equal keys in a mapping, and takes it out of the way so that reading goes on.
///
/// Yams refuses a file with a duplicate key and tells the place of the first. The second is looked for in the text
/// and replaced by a key of the same length that no file has, so that all further places stay right.
struct DuplicateKeys {
    private(set) var text: String
    private(set) var replacements: Set<String> = []

    /// Scalars of Unicode's private use area, which YAML allows and nobody writes.
    private static let firstReplacement: UInt32 = 0xE000

    init(text: String) { self.text = text }

    static func message(_ name: String) -> String { "the key '\(Shown.text(name))' is written twice in one mapping" }

    /// Reports the duplicate, and replaces it.
    ///
    /// - Returns: false when the second key was not found or there are too many, and reading must end.
    mutating func resolve(_ name: String, firstAt mark: Mark, _ errors: ErrorCollector) -> Bool {
        let message = DuplicateKeys.message(name)
        // By scalars, because a carriage return and a line feed are one character.
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0) }
        guard replacements.count < ConfigLimits.duplicateKeysMax, let found = find(name, after: mark, in: lines) else {
            errors.add(Place(path: Path(), line: mark.line, column: mark.column), message)
            return false
        }
        errors.add(
            Place(path: Path(), line: found.line + 1, column: found.columns.lowerBound + 1),
            "\(message), first in line \(mark.line)")
        let value = DuplicateKeys.firstReplacement + UInt32(replacements.count)
        guard let scalar = Unicode.Scalar(value) else { return false }
        let replacement = Array(repeating: scalar, count: found.columns.count)
        lines[found.line].replaceSubrange(found.columns, with: replacement)
        replacements.insert(DuplicateKeys.string(replacement))
        text = lines.map(DuplicateKeys.string).joined(separator: "\n")
        return true
    }

    private struct Found {
        let line: Int
        let columns: Range<Int>
    }

    /// In a block the second key stands below the first, in the same column; in braces it stands further on.
    private func find(_ name: String, after mark: Mark, in lines: [[Unicode.Scalar]]) -> Found? {
        let spellings = [name, "\"\(name)\"", "'\(name)'"].map { Array($0.unicodeScalars) }
        guard mark.line <= lines.count, mark.line > 0, !name.isEmpty else { return nil }
        return findInBlock(spellings, column: mark.column - 1, after: mark.line - 1, in: lines)
            ?? findInBraces(spellings, column: mark.column - 1, line: mark.line - 1, in: lines)
    }

    private func findInBlock(
        _ spellings: [[Unicode.Scalar]], column: Int, after first: Int, in lines: [[Unicode.Scalar]]
    ) -> Found? {
        for line in lines.indices.dropFirst(first + 1) {
            guard let start = lines[line].firstIndex(where: { $0 != " " }), lines[line][start] != "#" else { continue }
            if start < column { return nil }
            guard start == column, let length = key(spellings, at: column, of: lines[line]) else { continue }
            return Found(line: line, columns: column..<(column + length))
        }
        return nil
    }

    private func findInBraces(
        _ spellings: [[Unicode.Scalar]], column: Int, line first: Int, in lines: [[Unicode.Scalar]]
    ) -> Found? {
        var depth = 0
        for line in lines.indices.dropFirst(first) {
            for place in lines[line].indices where line > first || place > column {
                switch lines[line][place] {
                case "{", "[": depth += 1
                case "}", "]": depth -= 1
                default: break
                }
                if depth < 0 { return nil }
                let isAfterSeparator = place == 0 || "{, \t".unicodeScalars.contains(lines[line][place - 1])
                guard depth == 0, isAfterSeparator, let length = key(spellings, at: place, of: lines[line]) else {
                    continue
                }
                return Found(line: line, columns: place..<(place + length))
            }
        }
        return nil
    }

    /// The length of a key, one of the spellings, at a place of a line; nil when there is none.
    private func key(_ spellings: [[Unicode.Scalar]], at place: Int, of line: [Unicode.Scalar]) -> Int? {
        let rest = line[place...]
        let spelling = spellings.first { spelling in
            rest.starts(with: spelling) && rest.dropFirst(spelling.count).first { $0 != " " && $0 != "\t" } == ":"
        }
        return spelling?.count
    }

    private static func string(_ scalars: [Unicode.Scalar]) -> String {
        var result = ""
        result.unicodeScalars.append(contentsOf: scalars)
        return result
    }
}
