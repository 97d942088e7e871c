import Core
import Foundation
import Testing

@testable import Stores

@Suite struct MetaDatabaseTests {
    private let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

    private let note = AuditEntry(at: 9, actor: "ann", action: "change key", subject: "a")

    private func key(_ name: String) -> StoredKey {
        StoredKey(
            id: "key_\(name)", name: name, project: "default", models: ["fast"], tags: ["team": "x"],
            permissions: ["infer"],
            createdAt: 5, expiresAt: nil, tokens: [.init(digest: "d-\(name)", expiresAt: nil)])
    }

    @Test func keepsKeysAcrossOpenings() throws {
        try MetaDatabase(directory: directory).create(key("a"), noting: note)
        #expect(try MetaDatabase(directory: directory).all() == [key("a")])
    }

    @Test func isForItsOwnerAlone() throws {
        _ = try MetaDatabase(directory: directory)
        let manager = FileManager.default
        #expect(try manager.attributesOfItem(atPath: directory)[.posixPermissions] as? Int == 0o700)
        for file in try manager.contentsOfDirectory(atPath: directory) {
            #expect(
                try manager.attributesOfItem(atPath: directory + "/" + file)[.posixPermissions] as? Int == 0o600,
                "\(file)")
        }
    }

    @Test func refusesASecondKeyOfOneName() throws {
        let store = try MetaDatabase(directory: directory)
        try store.create(key("a"), noting: note)
        #expect(throws: StoreError.exists("a")) { try store.create(key("a"), noting: note) }
    }

    @Test func letsAnOldTokenRunOutAfterARotation() throws {
        let store = try MetaDatabase(directory: directory)
        try store.create(key("a"), noting: note)
        try store.rotate(name: "a", to: .init(digest: "new", expiresAt: nil), oldTokensExpireAt: 77, noting: note)
        let tokens = try store.all()[0].tokens
        #expect(Set(tokens.map { "\($0.digest) \($0.expiresAt ?? 0)" }) == ["d-a 77", "new 0"])
    }

    @Test func endsAKeyWithItsTokens() throws {
        let store = try MetaDatabase(directory: directory)
        try store.create(key("a"), noting: note)
        try store.revoke(name: "a", noting: note)
        #expect(try store.all()[0].revokedAt == 9 && store.all()[0].tokens.isEmpty)
        #expect(throws: StoreError.notFound("a")) { try store.revoke(name: "a", noting: note) }
        try store.create(
            StoredKey(
                id: "again", name: "a", project: "p", models: [], tags: [:], permissions: [], createdAt: 6,
                expiresAt: nil, tokens: []), noting: note)
    }

    @Test func notesEachChangeAndNoneThatWasNotMade() throws {
        let store = try MetaDatabase(directory: directory)
        try store.create(key("a"), noting: note)
        #expect(throws: StoreError.exists("a")) { try store.create(key("a"), noting: note) }
        try store.rotate(
            name: "a", to: .init(digest: "new", expiresAt: nil), oldTokensExpireAt: 7, noting: note)
        try store.revoke(name: "a", noting: note)
        #expect(throws: StoreError.notFound("a")) { try store.revoke(name: "a", noting: note) }
        #expect(try store.auditEntries(limit: 10) == [note, note, note])
    }

    @Test func tellsThatAnotherProcessChangedSomething() throws {
        let (one, other) = (try MetaDatabase(directory: directory), try MetaDatabase(directory: directory))
        let before = try one.version()
        #expect(try one.version() == before)
        try other.create(key("a"), noting: note)
        #expect(try one.version() != before)
    }
}
