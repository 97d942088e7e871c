public import Core
import Wire

/// What may be said of a key that is made on the command line or through the API, checked as the configuration is.
public struct NewKey: Sendable, Equatable {
    public var name: String
    public var project = "default"
    public var models = ["*"]
    public var tags: [String: String] = [:]
    public var permissions = [Permission.infer, .feedback].map(\.rawValue)
    /// Microseconds since 1970; nil: never.
    public var expiresAt: Int64?
    /// What is kept of its calls: a `RecordLevel`; nil: what the configuration says.
    public var record: String?
    /// The most important class of priority that its calls may name; nil: the default one.
    public var priorityMax: String?

    public init(name: String) { self.name = name }

    /// What is wrong with a member, for a person.
    public struct Problem: Error, Sendable, Equatable {
        public let member: String
        public let message: String
    }

    /// - Parameter classes: the configuration's classes of priority.
    public func stored(_ token: MadeToken, classes: [String], now: Int64) throws(Problem) -> StoredKey {
        try check(classes)
        var key = StoredKey(
            id: token.id, name: name, project: project, models: models, tags: tags, permissions: permissions,
            createdAt: now, expiresAt: expiresAt, tokens: [token.stored])
        key.recordLevel = record.flatMap(RecordLevel.init)
        key.priorityMax = priorityMax
        return key
    }

    private func check(_ classes: [String]) throws(Problem) {
        guard Self.isText(name, bytesMax: ConfigLimits.keyNameBytesMax) else {
            throw Problem(
                member: "name",
                message: "expected 1 to \(ConfigLimits.keyNameBytesMax) bytes without control characters")
        }
        guard Characters.isIdentifier(project) else {
            throw Problem(
                member: "project",
                message: "expected letters, digits, '-', '_' and '.', at most \(ConfigLimits.identifierBytesMax)")
        }
        guard !models.isEmpty else { throw Problem(member: "models", message: "expected one at least; '*' is all") }
        for model in models {
            if let problem = ModelPatternText.problem(model) { throw Problem(member: "models", message: problem) }
        }
        try checkTags()
        for permission in permissions where Permission(rawValue: permission) == nil {
            throw Self.unknown(permission, "permissions", Permission.allCases.map(\.rawValue))
        }
        if let record, RecordLevel(rawValue: record) == nil {
            throw Self.unknown(record, "record", RecordLevel.allCases.map(\.rawValue))
        }
        if let priorityMax, !classes.contains(priorityMax) {
            throw Self.unknown(priorityMax, "priority_max", classes)
        }
    }

    private func checkTags() throws(Problem) {
        guard tags.count <= Limits.tagsMax else {
            throw Problem(member: "tags", message: "a key has at most \(Limits.tagsMax) tags")
        }
        for (name, value) in tags.sorted(by: { $0.key < $1.key }) {
            if let problem = TagName.problem(name) { throw Problem(member: "tags", message: problem) }
            guard Self.isText(value, bytesMax: Limits.tagValueBytesMax) else {
                throw Problem(
                    member: "tags",
                    message: "'\(name)': expected 1 to \(Limits.tagValueBytesMax) bytes without control characters")
            }
        }
    }

    private static func unknown(_ text: String, _ member: String, _ known: [String]) -> Problem {
        Problem(member: member, message: "'\(Shown.text(text))' is not one of \(known.joined(separator: ", "))")
    }

    private static func isText(_ text: String, bytesMax: Int) -> Bool {
        (1...bytesMax).contains(text.utf8.count) && !text.utf8.contains(where: Characters.isControl)
    }
}
