import Core
import Foundation
import Logging
import Testing

@testable import Stores

@Suite struct ObjectDatabaseTests {
    private static let log = OperationalLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    private static let now: Int64 = 1_700_000_000_000_000

    private func object(_ id: String, owner: String = "a", credential: String = "c", madeAt: Int64 = now) -> HeldObject
    {
        HeldObject(id: id, owner: owner, provider: "p", credential: credential, madeAt: madeAt)
    }

    @Test func whatIsKnownOutlivesTheProgram() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let old = Self.now - Int64(Limits.heldObjectDays + 1) * CivilDay.microseconds
        do {
            let objects = try ObjectDatabase(directory: directory, now: Self.now, log: Self.log)
            #expect(objects.isEmpty)
            for object in [
                object("file-1"), object("file-2", credential: "d"), object("batch-1"), object("old", madeAt: old),
            ] {
                objects.add(object)
            }
            // Whose it is does not change.
            objects.add(object("file-1", owner: "b"))
            objects.remove("batch-1")
            objects.add(
                HeldObject(id: "resp-1", owner: "a", provider: "p", credential: "", madeAt: Self.now, isOpen: true))
            objects.add(
                HeldObject(id: "resp-2", owner: "a", provider: "p", credential: "", madeAt: Self.now, isOpen: true))
            #expect(objects.close("resp-1") && !objects.close("resp-1") && !objects.close("file-1"))
            objects.remove("unknown")
            objects.settle()
        }
        let objects = try ObjectDatabase(directory: directory, now: Self.now, log: Self.log)
        #expect(objects.object("file-1") == object("file-1"))
        #expect(objects.object("batch-1") == nil && objects.object("old") == nil)
        #expect(objects.places(owner: "a", prefix: "file").map(\.credential) == ["c", "d"])
        #expect(!objects.close("resp-1") && objects.close("resp-2"))
        #expect(objects.places(owner: "b", prefix: "file").isEmpty)
        let attributes = try FileManager.default.attributesOfItem(atPath: directory + "/objects.sqlite")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
}
