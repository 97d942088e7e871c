import Core
import Plan
import Testing

@testable import Config

/// What is served when there is no file.
@Suite struct NoFileTests {
    private func load(
        _ environment: [String: String], overrides: ConfigOverrides = ConfigOverrides()
    ) throws(ConfigErrors) -> Configuration {
        try ConfigLoader.loadWithoutFile(
            environment: environment, readFile: { _ in throw Load.NoSuchFile() }, simulatorOrigin: Load.simulator,
            overrides: overrides)
    }

    @Test func withoutAnyKeyTheSimulatorIsServed() throws {
        let configuration = try load([:])
        #expect(configuration.snapshot.providers.map(\.name) == ["demo"])
        #expect(configuration.snapshot.providers[0].origin == Load.simulator)
        #expect(configuration.snapshot.routes.routes.map(\.pattern) == ["demo/*"])
        #expect(configuration.snapshot.access == .keys)
        #expect(configuration.file == nil)
        #expect(configuration.dataDirectory == "data")
    }

    @Test func providersWhoseKeysTheEnvironmentHasAreServed() throws {
        let snapshot = try load(["OPENAI_API_KEY": "sk-o", "ANTHROPIC_API_KEY": "sk-a"]).snapshot
        #expect(snapshot.providers.map(\.name) == ["openai", "anthropic", "demo"])
        #expect(snapshot.providers.map { $0.credentials.map { $0.secret.reveal() } } == [["sk-o"], ["sk-a"], []])
        let match = try #require(snapshot.routes.match("anthropic/claude-haiku-4-5"))
        #expect(snapshot.providers[match.route.targets[0].provider].name == "anthropic")
        let model = match.route.targets[0].upstreamModel(requested: "anthropic/claude-haiku-4-5", star: match.star)
        #expect(model == "claude-haiku-4-5")
    }

    @Test func anEmptyKeyIsNone() throws {
        #expect(try load(["OPENAI_API_KEY": ""]).snapshot.providers.map(\.name) == ["demo"])
    }

    @Test func aKeyThatCannotBeSentIsRefusedWithoutShowingIt() {
        #expect {
            try load(["OPENAI_API_KEY": "sk-o\n"])
        } throws: { error in
            let text = "\(error)"
            return text.hasPrefix("built-in configuration:2:")
                && text.contains("providers.openai.api_key: the key holds")
                && !text.contains("sk-o")
        }
    }

    @Test func keysOfTheStoreAndTheCommandLineCountToo() throws {
        let key = Key(id: "key_1", name: "stored", digest: TokenDigest.of(token: "t"))
        let configuration = try load(
            [:], overrides: ConfigOverrides(listen: ListenAddress(host: "::1", port: 1), dataDirectory: "elsewhere")
        ).adding(keys: [key])
        #expect(configuration.snapshot.keys.map(\.name) == ["stored"])
        #expect(configuration.snapshot.server.listen.description == "[::1]:1")
        #expect(configuration.dataDirectory == "elsewhere")
    }
}
