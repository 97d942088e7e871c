import Core
import Testing

@testable import Policy

/// Facts of a test's own.
private struct Facts: ConditionFacts {
    var values: [ConditionFact: ConditionValue] = [
        .key: .text("app"), .project: .text("default"), .model: .text("fast"), .endpoint: .text("messages"),
        .user: .text("ann"), .stream: .boolean(true), .inputTokens: .number(2000), .maxTokens: .number(0),
        .hasTools: .boolean(false), .hasImages: .boolean(true), .hour: .number(14),
    ]
    var tags = Tags([("team", "growth"), ("plan", "pro-2")])

    func value(of fact: ConditionFact) -> ConditionValue { values[fact] ?? .boolean(false) }
    func tag(_ name: String) -> String? { tags[name] }
}

@Suite struct ConditionTests {
    @Test(arguments: [
        (#"tags.team == "growth""#, true), ("tags.team == 'growth'", true), ("tags.TEAM == 'growth'", true),
        ("tags.team != 'growth'", false), ("tags.absent == ''", true), ("tags.absent", nil),
        ("tags.team == tags.plan", false), ("stream", true), ("!stream", false), ("!!stream", true),
        ("stream == false", false), ("true", true), ("has_tools || has_images", true),
        ("has_tools && has_images", false),
        // '&&' binds closer than '||', and '!' closest.
        ("has_images || has_images && has_tools", true), ("(has_images || has_images) && has_tools", false),
        ("!has_tools && has_images", true), ("!(has_tools || has_images)", false),
        ("input_tokens < 2000", false), ("input_tokens <= 2000", true), ("input_tokens > 1999.5", true),
        ("1 < 2", true), ("max_tokens == 0", true), ("hour >= 9 && hour < 17", true), ("hour > -1", true),
        (#"user in ["bob", "ann"]"#, true), ("user in ['bob']", false), ("hour in [1, 14]", true),
        (#"model matches "f*t""#, true), ("tags.plan matches 'pro*'", true), ("tags.plan matches 'pro'", false),
        (#"tags.team == "gr\"owth""#, false), ("has_audio", false), ("  stream&&  has_images ", true),
    ]) func says(_ text: String, _ expected: Bool?) throws {
        guard let expected else {
            #expect(throws: ConditionError.self) { try Condition(text) }
            return
        }
        #expect(try Condition(text).holds(for: Facts()) == expected)
    }

    @Test(arguments: [
        ("", "expected a name, a text, a number, true or false, found the end", 1),
        ("tags.team = 'a'", "unexpected '=': to compare, write '=='", 11),
        ("stream & stream", "unexpected '&': write '&&'", 8),
        ("stream stream", "expected '&&', '||' or the end, found 'stream'", 8),
        ("(stream", "expected ')', found the end", 8), ("tags.team == 'a", "a text that does not end: expected '", 14),
        ("hour == '9'", "expected a number to compare with, found a text", 9),
        ("user < 'b'", "expected a number before '<', found a text", 1),
        ("hour matches '1*'", "expected a text before 'matches', found a number", 1),
        ("user matches 7", "expected a text such as \"prefix*\", found a number", 14),
        ("user in 'a'", "expected '[', found a text", 9), ("user in [1]", "expected a text, found a number", 10),
        ("user in ['a'", "expected ',' or ']', found the end", 13),
        ("user", "expected a comparison such as '==' after a text, found the end", 5),
        ("tags == 'a'", "expected a tag such as 'tags.team'", 1),
        ("hour == 1.2.3", "expected a number such as 2000 or 0.5", 9),
        ("strem", "unknown name 'strem'", 1), ("stream ;", "unexpected ';'", 8),
    ]) func tellsWhereItIsWrong(_ text: String, _ message: String, _ column: Int) {
        let error = #expect(throws: ConditionError.self) { try Condition(text) }
        #expect(error?.message == message)
        #expect(error?.column == column)
    }

    @Test func needsWhatItAsksFor() throws {
        let condition = try Condition("tags.a == 'x' && (has_tools || input_tokens > 5) && user in ['a']")
        #expect(condition.needs == [.hasTools, .inputTokens, .user])
        #expect(condition.needs.contains { $0.isOfBody })
        #expect(try Condition("tags.a == 'x' || hour < 5").needs == [.hour])
    }

    @Test func isBoundedInLengthAndDepth() {
        let deep = String(repeating: "(", count: 40) + "stream" + String(repeating: ")", count: 40)
        #expect(throws: ConditionError("nested deeper than 32 levels", at: 33)) { try Condition(deep) }
        #expect(throws: ConditionError.self) { try Condition(String(repeating: "!", count: 2000) + "stream") }
        let long = "stream" + String(repeating: " || stream", count: 300)
        #expect(throws: ConditionError("longer than 2048 bytes", at: 1)) { try Condition(long) }
    }

    /// Whatever the text, there is a condition or an error inside it, and never a trap.
    @Test func survivesAnyText() {
        var random = RandomSource(seed: 4)
        let pieces = [
            "tags.a", "hour", "stream", "==", "!=", "<", "!", "(", ")", "&&", "||", "in", "matches", "[", "]", ",",
            "'a'",
            "\"*\"", "3", "-", "é", "'", ".", "true", " ",
        ]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 1...9, using: &random)).map { _ in pieces.randomElement(using: &random)! }
                .joined()
            do throws(ConditionError) {
                _ = try Condition(text).holds(for: Facts())
            } catch {
                #expect((1...(text.count + 1)).contains(error.column))
            }
        }
    }

    @Test(arguments: [
        ("*", "", true), ("*", "abc", true), ("a*", "abc", true), ("*c", "abc", true), ("a*c", "ac", true),
        ("a*a", "a", false), ("*b*", "abc", true), ("a*b*c", "aXbYc", true), ("a*b*c", "acb", false),
        ("*ab*ab*", "abab", true), ("*ab*ab*", "aba", false), ("abc", "abcd", false), ("", "", true), ("**", "x", true),
    ]) func patternsHaveStarsOnly(_ pattern: String, _ text: String, _ expected: Bool) {
        #expect(TextPattern(pattern).matches(text) == expected)
    }
}
