import Yams

/// The root of a file's YAML, bounded in size, nesting and in what its aliases stand for.
///
/// Scalars are not interpreted: the resolver has no rules, so `off` and `1.0` stay text. Yams stops at the first
/// error of syntax, so that such an error stands alone; of duplicate keys all are found.
struct YAMLDocument {
    /// nil for a file without content.
    let root: Node?
    /// Keys that were reported as duplicates and are to be passed over.
    let skippedKeys: Set<String>

    /// - Returns: nil when it could not be read, which was reported then.
    init?(text: String, errors: ErrorCollector) {
        guard text.utf8.count <= ConfigLimits.fileBytesMax else {
            errors.add(.start, "the file is larger than \(ConfigLimits.fileBytesMax / 1024 / 1024) MiB")
            return nil
        }
        guard AliasBound.expandedBytes(of: text) <= ConfigLimits.expandedBytesMax else {
            let mebibytes = ConfigLimits.expandedBytesMax / 1024 / 1024
            errors.add(.start, "the file's aliases expand to more than \(mebibytes) MiB")
            return nil
        }
        var duplicates = DuplicateKeys(text: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
        while true {
            do {
                root = try Yams.compose(yaml: duplicates.text, .basic, .default, .utf8)
                skippedKeys = duplicates.replacements
                return
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                guard let name = names.first, duplicates.resolve(name, firstAt: context.mark, errors) else {
                    return nil
                }
            } catch {
                YAMLDocument.report(error, errors)
                return nil
            }
        }
    }

    private static func report(_ error: any Error, _ errors: ErrorCollector) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _):
            let place = Place(path: Path(), line: mark.line, column: mark.column)
            let story = context.map { "\(problem) (\($0.text) that began in line \($0.mark.line))" } ?? problem
            errors.add(place, "not YAML: \(story)")
        case YamlError.composer(let context, let problem, let mark, _):
            let story = (context.map { "\($0.text) " } ?? "") + problem
            errors.add(Place(path: Path(), line: mark.line, column: mark.column), "not YAML: \(story)")
        case YamlError.reader(let problem, let offset, _, let text):
            errors.add(place(of: offset ?? 0, in: text), "not YAML: \(problem)")
        default:
            errors.add(.start, "not YAML that can be read")
        }
    }

    /// - Parameter offset: in characters.
    private static func place(of offset: Int, in text: String) -> Place {
        let lines = text.prefix(offset).unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        return Place(path: Path(), line: max(lines.count, 1), column: (lines.last?.count ?? 0) + 1)
    }
}
