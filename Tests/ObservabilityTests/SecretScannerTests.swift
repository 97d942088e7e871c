import Core
import NIOCore
import Testing

@testable import Observability

@Suite struct SecretScannerTests {
    private func redacted(_ text: String, _ patterns: [RedactionPattern] = []) throws -> String? {
        var settings = RecordSettings()
        settings.redactedKinds = Set(RedactedKind.allCases)
        settings.redactedPatterns = patterns
        return try Redactor(settings).redacted(ByteBuffer(string: text)).map { String(buffer: $0) }
    }

    @Test(arguments: [
        ("sk-abcdefghijklmnop1234", "[redacted:keys]"),
        ("OPENAI_API_KEY=sk-abcdefghijklmnop1234", "OPENAI_API_KEY=[redacted:keys]"),
        (#""\nsk-abcdefghijklmnop1234""#, #""\n[redacted:keys]""#),
        ("?key=AIzaabcdefghijklmnop1234", "?key=[redacted:keys]"),
        ("AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLEX1234", "AWS_ACCESS_KEY_ID=[redacted:keys]"),
        ("Bearer abcdefghijklmnop.qrst", "Bearer [redacted:keys]"),
        ("a task-abcdefghijklmnop1234", "a task-abcdefghijklmnop1234"),
        ("4111 1111 1111 1111", "[redacted:card]"), ("4111 1111 1111 1111 12/27", "[redacted:card] 12/27"),
        (#"\n4111-1111-1111-1111."#, #"\n[redacted:card]."#), ("4111111111111111", "[redacted:card]"),
        ("4111 1111 1111 1112", "4111 1111 1111 1112"), ("12345678901234567890123", "12345678901234567890123"),
        (#"x\na@b.example, c"#, #"x\n[redacted:email], c"#),
    ])
    func secretsGoWhereverTheyStand(_ text: String, _ expected: String) throws {
        #expect(try redacted(text) == expected)
    }

    @Test func patternsOfTheUsersGoToo() throws {
        let pattern = RedactionPattern(name: "ticket", regex: "T-[0-9]{4}")
        #expect(try redacted("see T-1234", [pattern]) == "see [redacted:ticket]")
    }
}
