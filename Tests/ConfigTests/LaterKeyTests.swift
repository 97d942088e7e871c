import Testing

@testable import Config

/// What comes with later versions is refused as unknown, and said to come.
@Suite struct LaterKeyTests {
    @Test(arguments: [
        "breaker", "health", "priority", "retries",
    ]) func blocksOfTheFile(_ key: String) {
        #expect(
            Load.errors(Small.file + "\(key): {}\n")
                == ["headgate.yaml:3:1: \(key): unknown key '\(key)': it comes with a later version"])
    }

    @Test(arguments: [
        "retries"
    ]) func keysOfAProvider(_ key: String) {
        #expect(
            Load.providerErrors("{ kind: simulator, \(key): x }") == [
                "headgate.yaml:1:37: providers.up.\(key): unknown key '\(key)': it comes with a later version"
            ])
    }

    @Test(arguments: ["retries", "fallbacks", "hedge", "on_interrupt"]) func keysOfAModel(_ key: String) {
        let text = Small.file.replacing("fast: {", with: "fast: { \(key): x,")
        #expect(
            Load.errors(text)
                == ["headgate.yaml:2:19: models.fast.\(key): unknown key '\(key)': it comes with a later version"])
    }

    @Test(arguments: ["priority", "when"]) func keysOfATarget(_ key: String) {
        let text = Small.file.replacing("{ provider:", with: "{ \(key): x, provider:")
        #expect(
            Load.errors(text) == [
                "headgate.yaml:2:32: models.fast.targets[0].\(key): unknown key '\(key)': it comes with a later version"
            ])
    }

    @Test(arguments: ["priority", "least_latency", "least_busy", "lowest_price"]) func strategies(_ word: String) {
        let text = Small.file.replacing("fast: {", with: "fast: { strategy: \(word),")
        #expect(
            Load.errors(text) == ["headgate.yaml:2:29: models.fast.strategy: '\(word)' comes with a later version"])
    }

    @Test(arguments: ["priority_max", "regions", "retries"]) func keysOfAKey(_ key: String) {
        #expect(
            Load.keyErrors("{ name: a, token: 0123456789abcdef, \(key): x }")
                == ["headgate.yaml:3:45: keys[0].\(key): unknown key '\(key)': it comes with a later version"])
    }
}
