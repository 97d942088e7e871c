import Testing

@testable import Config

/// What comes with later versions is refused as unknown, and said to come.
@Suite struct LaterKeyTests {
    @Test(arguments: ["regions"]) func keysOfAKey(_ key: String) {
        #expect(
            Load.keyErrors("{ name: a, token: 0123456789abcdef, \(key): x }")
                == ["headgate.yaml:3:45: keys[0].\(key): unknown key '\(key)': it comes with a later version"])
    }
}
