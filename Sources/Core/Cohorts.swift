/// That a user is in a group, by which costs are told apart (`headgate costs --by cohort`).
public struct CohortEntry: Sendable, Equatable {
    /// The value of the tag `user`.
    public let user: String
    public let cohort: String

    /// - Parameter place: where it stands, before what is wrong with it, such as `line 3: `.
    /// - Throws: `.invalid` with what is wrong and what to do about it.
    public init(user: String, cohort: String, place: String = "") throws(StoreError) {
        try Self.check(user, called: "user", bytesMax: Limits.tagValueBytesMax, place)
        try Self.check(cohort, called: "cohort", bytesMax: Limits.cohortNameBytesMax, place)
        self.user = user
        self.cohort = cohort
    }

    /// A row that was checked before it was stored.
    public init(storedUser user: String, cohort: String) {
        self.user = user
        self.cohort = cohort
    }

    private static func check(_ text: String, called name: String, bytesMax: Int, _ place: String) throws(StoreError) {
        guard !text.isEmpty else {
            throw StoreError.invalid("\(place)the \(name) is empty; write it, or leave the entry out.")
        }
        guard text.utf8.count <= bytesMax else {
            throw StoreError.invalid(
                "\(place)the \(name) '\(text.prefix(24))...' has \(text.utf8.count) bytes; at most \(bytesMax) are "
                    + "kept: shorten it.")
        }
        for (index, scalar) in text.unicodeScalars.enumerated() where scalar.properties.generalCategory == .control {
            let code = String(scalar.value, radix: 16, uppercase: true)
            throw StoreError.invalid(
                "\(place)the \(name) has a control character (U+\(code), its character \(index + 1)): remove it.")
        }
    }
}

/// A page of a project's users and their cohorts, by the users' names.
public struct CohortPage: Sendable {
    public var entries: [CohortEntry]
    /// The user after whom the next page begins; nil: this is the last.
    public var next: String?

    public init(entries: [CohortEntry], next: String?) {
        self.entries = entries
        self.next = next
    }
}
