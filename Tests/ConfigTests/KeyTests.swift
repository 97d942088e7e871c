import Core
import Plan
import Testing
import Wire

@testable import Config

/// An item of `keys`, and the keys of the store beside it.
@Suite struct KeyTests {
    static let token = "0123456789abcdef"

    @Test func whatIsNotWrittenHasItsDefault() throws {
        let key = try Load.key("{ name: app, token: \(Self.token) }")
        #expect(key.id == "app")
        #expect(key.digest == TokenDigest.of(token: Self.token))
        #expect(key.project == "default")
        #expect(key.models == .all)
        #expect(key.tags.isEmpty)
        #expect(key.clientTags == .all)
        #expect(key.permissions == [.infer, .feedback])
        #expect(key.expiresAtUnixMicroseconds == nil)
        #expect(key.timeouts == TimeoutOverrides())
    }

    @Test func everyKeyIsRead() throws {
        let key = try Load.key(
            """
            { name: "my app", token: \(Self.token), project: p1, models: [ fast, "later/*" ], tags: { team: growth }, \
            tags_from_client: [ user ], permissions: [ infer, passthrough ], expires: "2027-01-01T12:00:00+02:00", \
            timeouts: { total: 5s } }
            """)
        #expect(key.name == "my app")
        #expect(key.project == "p1")
        #expect(key.models == ModelPatterns(["fast", "later/*"]))
        #expect(key.tags["team"] == "growth")
        #expect(key.clientTags == .only(["user"]))
        #expect(key.permissions == [.infer, .passthrough])
        #expect(key.expiresAtUnixMicroseconds == 1_798_797_600_000_000)
        #expect(key.timeouts.total == .seconds(5))
    }

    @Test func aDigestStandsForAToken() throws {
        let digest = TokenDigest.of(token: Self.token)
        let upper = digest.hexadecimal.uppercased()
        #expect(try Load.key("{ name: app, token_sha256: \(upper) }").digest == digest)
    }

    @Test func aTokenIsSixteenToFiveHundredTwelveCharacters() {
        for (count, isRight) in [(15, false), (16, true), (512, true), (513, false)] {
            let errors = Load.keyErrors("{ name: app, token: \(String(repeating: "t", count: count)) }")
            #expect(
                errors
                    == (isRight
                        ? []
                        : [
                            "headgate.yaml:3:29: keys[0].token: a token is 16 to 512 printable ASCII characters "
                                + "without spaces; this one has \(count) bytes"
                        ]))
        }
    }

    @Test(arguments: [
        ("{ name: a }", "3:9: keys[0]: missing key 'token', or 'token_sha256'"),
        ("{ token: 0123456789abcdef }", "3:9: keys[0]: missing key 'name'"),
        (
            "{ name: a, token: 0123456789abcdef, token_sha256: 00 }",
            "3:59: keys[0].token_sha256: expected 64 hexadecimal digits"
        ),
        ("{ name: a, token_sha256: 00 }", "3:34: keys[0].token_sha256: expected 64 hexadecimal digits"),
        (
            "{ name: a, token: \"0123456789 abcdef\" }",
            "3:27: keys[0].token: a token is 16 to 512 printable ASCII characters without spaces; this one has 17 "
                + "bytes"
        ),
        (
            "{ name: a, token: 0123456789abcdef, models: [ fats ] }",
            "3:55: keys[0].models[0]: no model 'fats' in 'models'; did you mean 'fast'?"
        ),
        (
            "{ name: a, token: 0123456789abcdef, models: [ \"f*t\" ] }",
            "3:55: keys[0].models[0]: '*' may stand at the end of a model's name only"
        ),
        (
            "{ name: a, token: 0123456789abcdef, permissions: [ infr ] }",
            "3:60: keys[0].permissions[0]: expected infer, feedback, ingest or passthrough, found 'infr'; did you mean "
                + "'infer'?"
        ),
        (
            "{ name: a, token: 0123456789abcdef, expires: tomorrow }",
            "3:54: keys[0].expires: expected a date such as 2027-01-01 or a time such as 2027-01-01T12:00:00Z, found "
                + "'tomorrow'"
        ),
        (
            "{ name: a, token: 0123456789abcdef, tags: { Team: x } }",
            "3:53: keys[0].tags.Team: a tag's name is lower case, and holds what the name of a header field may hold"
        ),
        (
            "{ name: a, token: 0123456789abcdef, tags_from_client: [ \"\" ] }",
            "3:65: keys[0].tags_from_client[0]: expected the name of a tag, 1 to 64 bytes long"
        ),
        (
            "{ name: a, token: 0123456789abcdef, project: /x }",
            "3:54: keys[0].project: expected a name of letters, digits, '-', '_' and '.', which begins with a letter "
                + "or digit, found '/x'"
        ),
    ]) func aWrongKeyIsRefused(_ settings: String, _ error: String) {
        let errors = Load.keyErrors(settings)
        #expect(errors.contains("headgate.yaml:" + error), "\(errors)")
    }

    @Test func namesAndTokensAreNotGivenTwice() {
        #expect(
            Load.keyErrors("{ name: a, token: \(Self.token) }, { name: a, token: \(Self.token) }") == [
                "headgate.yaml:3:55: keys[1].name: two keys have the name 'a'",
                "headgate.yaml:3:65: keys[1].token: two keys have this token",
            ])
    }

    @Test func aKeyHasABoundedNumberOfTags() {
        let tags = (0...Limits.tagsMax).map { "t\($0): x" }.joined(separator: ", ")
        let errors = Load.keyErrors("{ name: a, token: \(Self.token), tags: { \(tags) } }")
        #expect(errors == ["headgate.yaml:3:51: keys[0].tags: a key has at most 32 tags"])
    }

    @Test func keysOfTheStoreFollowThoseOfTheFile() throws {
        let same = Key(id: "key_1", name: "same", digest: TokenDigest.of(token: Self.token))
        let other = Key(id: "key_2", name: "other", digest: TokenDigest.of(token: "another"))
        let text = Small.file + "keys: [ { name: app, token: \(Self.token) } ]\n"
        let keys = try Load.configuration(text).adding(keys: [same, other, other]).snapshot.keys
        #expect(keys.map(\.id) == ["app", "key_2"])
    }
}
