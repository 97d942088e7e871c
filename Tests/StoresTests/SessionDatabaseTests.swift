import Core
import Foundation
import Testing

@testable import Stores

@Suite struct SessionDatabaseTests {
    private let folder = Folder()

    @Test func aCodeIsGoodOnceAndForItsTime() throws {
        let store = try SessionDatabase(directory: folder.path)
        // Another process makes codes.
        let other = try SessionDatabase(directory: folder.path)
        let code = LoginCode(digest: "d", name: "ada", role: .operator, expiresAt: 1000)
        try other.add(code)
        #expect(try store.redeem(codeDigest: "other", now: 1) == nil)
        #expect(try store.redeem(codeDigest: "d", now: 999) == code)
        #expect(try store.redeem(codeDigest: "d", now: 999) == nil)
        try other.add(code)
        #expect(try store.redeem(codeDigest: "d", now: 1000) == nil)
    }

    @Test func aSessionEndsByItselfAndWhenItIsEnded() throws {
        let store = try SessionDatabase(directory: folder.path)
        let now = WallClock.unixMicroseconds()
        for (digest, expiry) in [("long", now + 1_000_000_000), ("short", now - 1)] {
            try store.add(
                AdminSession(digest: digest, name: "ada", role: .viewer, tokenDigest: "t", expiresAt: expiry))
        }
        #expect(try store.session(digest: "long", now: now)?.tokenDigest == "t")
        #expect(try store.session(digest: "short", now: now) == nil)
        try store.endSession(digest: "long")
        #expect(try SessionDatabase(directory: folder.path).session(digest: "long", now: now) == nil)
    }

    @Test func nobodyElseReadsTheFile() throws {
        _ = try SessionDatabase(directory: folder.path)
        let path = folder.path + "/sessions.sqlite"
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}
