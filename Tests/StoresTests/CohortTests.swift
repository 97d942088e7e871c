import Core
import Foundation
import Testing

@testable import Stores

@Suite struct CohortTests {
    private let store: MetaDatabase

    init() throws {
        store = try MetaDatabase(directory: FileManager.default.temporaryDirectory.path + "/" + UUID().uuidString)
    }

    private func put(_ users: [String: String], _ project: String = "p", replacing: Bool = false) throws {
        let entries = try users.map { try CohortEntry(user: $0, cohort: $1) }
        try store.putCohorts(entries, project: project, replacing: replacing)
    }

    @Test func keepsUsersOfEachProjectApart() throws {
        try put(["ann": "pro", "bob": "free"])
        try put(["ann": "trial"], "other")
        #expect(try store.cohorts(project: "p") == ["p": ["ann": "pro", "bob": "free"]])
        #expect(try store.cohorts(project: nil)["other"] == ["ann": "trial"])
    }

    @Test func addsToWhatIsThereOrReplacesIt() throws {
        try put(["ann": "pro", "bob": "free"])
        try put(["bob": "pro"])
        #expect(try store.cohorts(project: "p") == ["p": ["ann": "pro", "bob": "pro"]])
        try put(["eve": "free"], replacing: true)
        #expect(try store.cohorts(project: "p") == ["p": ["eve": "free"]])
    }

    @Test func pagesByTheUsersNamesWithoutAGapOrARepetition() throws {
        let users = (0..<25).map { "user \($0)" }
        try put(Dictionary(uniqueKeysWithValues: users.map { ($0, $0 == "user 3" ? "rare" : "usual") }))
        var seen: [String] = []
        var after: String?
        repeat {
            let page = try store.cohortPage(project: "p", cohort: nil, after: after, limit: 10)
            #expect(page.entries.count <= 10)
            seen += page.entries.map(\.user)
            after = page.next
        } while after != nil
        #expect(seen == users.sorted())
        let rare = try store.cohortPage(project: "p", cohort: "rare", after: nil, limit: 10)
        #expect(rare.entries.map(\.user) == ["user 3"] && rare.next == nil)
    }

    @Test func removesAUserOnce() throws {
        try put(["ann": "pro"])
        #expect(try store.removeCohort(of: "ann", project: "p"))
        #expect(try !store.removeCohort(of: "ann", project: "p"))
    }

    @Test(arguments: [
        ("", "pro", "the user is empty"), ("ann", "", "the cohort is empty"),
        ("an\u{7}n", "pro", "control character (U+7, its character 3)"),
        ("ann", "pro\n", "the cohort has a control character (U+A"),
        (String(repeating: "u", count: 257), "pro", "has 257 bytes; at most 256"),
        ("ann", String(repeating: "c", count: 65), "has 65 bytes; at most 64"),
    ]) func saysWhatIsWrongWithAnEntry(user: String, cohort: String, wrong: String) {
        do throws(StoreError) {
            _ = try CohortEntry(user: user, cohort: cohort)
            Issue.record("it was taken")
        } catch {
            #expect(error.explanation.contains(wrong))
        }
    }
}
