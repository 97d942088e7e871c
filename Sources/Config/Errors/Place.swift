/// Where a value stands: its position in the file and its path in the tree.
struct Place: Sendable, Equatable {
    var path: Path
    var line: Int
    var column: Int

    static let start = Place(path: Path(), line: 1, column: 1)
}

/// A path such as `models.fast.targets[0].provider`.
struct Path: Sendable, Equatable, CustomStringConvertible {
    private(set) var description = ""

    /// A name with other characters than letters, digits, `-` and `_` is quoted.
    func member(_ name: String) -> Path {
        let isPlain = !name.isEmpty && name.utf8.allSatisfy(Characters.isWord)
        let shown = isPlain ? name : "\"\(Shown.text(name))\""
        return Path(description: description.isEmpty ? shown : "\(description).\(shown)")
    }

    func item(_ index: Int) -> Path { Path(description: "\(description)[\(index)]") }

    init() {}

    private init(description: String) { self.description = description }
}

/// How a piece of the file is repeated in an error: short, and without control characters.
enum Shown {
    static func text(_ text: String) -> String {
        var result = ""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            if count == ConfigLimits.shownCharactersMax { return result + "..." }
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            result.unicodeScalars.append(isControl ? " " : scalar)
        }
        return result
    }
}
