import Foundation
import Testing

/// The golden files of translations: `Tests/Fixtures/translation`. What was written by hand stands as `NAME.KIND`, what
/// becomes of it in folders beside it.
///
/// With `HEADGATE_WRITE_GOLDEN=1` in the environment, expected files are written anew instead of compared: read the
/// difference before you keep it.
struct GoldenFolder {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/translation")
    private static let writes = ProcessInfo.processInfo.environment["HEADGATE_WRITE_GOLDEN"] == "1"

    let url: URL
    /// The files that were expected so far, by name.
    private var expected: Set<String> = []

    /// - Parameter path: below the root.
    init(_ path: String) { url = Self.root.appendingPathComponent(path) }

    /// The name of each file without its ending, and what stands in it.
    static func inputs(_ path: String) throws -> [(name: String, text: String)] {
        let folder = root.appendingPathComponent(path)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .map { folder.appendingPathComponent($0) }
            .filter { !$0.hasDirectoryPath && !$0.pathExtension.isEmpty && $0.pathExtension != "expected" }
            .map { ($0.deletingPathExtension().lastPathComponent, try String(contentsOf: $0, encoding: .utf8)) }
    }

    mutating func expect(_ text: String, as name: String) throws {
        expected.insert(name)
        let file = url.appendingPathComponent(name)
        if Self.writes {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let known = try? String(contentsOf: file, encoding: .utf8)
        #expect(known == text, "\(file.path) is missing or says something else")
    }

    /// No file lies there that nothing was compared with.
    func expectNoOthers() throws {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        #expect(Set(found) == expected, "\(url.path)")
    }
}

/// JSON on lines of its own, every token as it was written.
func prettyJSON(_ text: String) -> String {
    var lines = ""
    var depth = 0
    var isInString = false
    var isEscaped = false
    var previous: Character = " "
    func newline() { lines += "\n" + String(repeating: "  ", count: depth) }
    for character in text {
        if isInString {
            lines.append(character)
            if character == "\"" && !isEscaped { isInString = false }
            isEscaped = character == "\\" && !isEscaped
        } else {
            switch character {
            case "{", "[":
                if "{[".contains(previous) { newline() }
                lines.append(character)
                depth += 1
            case "}", "]":
                depth -= 1
                if !"{[".contains(previous) { newline() }
                lines.append(character)
            case ",":
                lines.append(character)
                newline()
            case ":": lines += ": "
            case " ", "\n": continue
            default:
                if "{[".contains(previous) { newline() }
                lines.append(character)
                isInString = character == "\""
            }
        }
        previous = character
    }
    return lines + "\n"
}
