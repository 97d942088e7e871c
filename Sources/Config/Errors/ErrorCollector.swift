/// Gathers the errors of one file, so that all are reported and not only the first.
final class ErrorCollector {
    private let file: String
    private var errors: [ConfigError] = []
    private var omitted = 0

    init(file: String) { self.file = file }

    var isEmpty: Bool { errors.isEmpty }

    /// - Parameter message: not worked out once there are enough; looking for a suggestion takes its time.
    func add(_ place: Place, _ message: @autoclosure () -> String) {
        guard errors.count < ConfigLimits.errorsMax else {
            omitted += 1
            return
        }
        errors.append(
            ConfigError(
                file: file, line: place.line, column: place.column, path: place.path.description, message: message()))
    }

    /// Throws what was gathered, if anything was.
    func throwIfAny() throws(ConfigErrors) {
        guard !errors.isEmpty else { return }
        let inOrder = errors.enumerated().sorted { a, b in
            (a.element.line, a.element.column, a.offset) < (b.element.line, b.element.column, b.offset)
        }
        throw ConfigErrors(inOrder.map(\.element), omitted: omitted)
    }
}
