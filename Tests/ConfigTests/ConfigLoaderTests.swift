import Core
import Plan
import Testing
import Wire

@testable import Config

@Suite struct ConfigLoaderTests {
    private func load(_ text: String, _ environment: [String: String] = [:]) throws -> Configuration {
        try ConfigLoader.load(
            path: "headgate.yaml", text: text, environment: environment, readFile: { _ in [] },
            simulatorOrigin: Origin(isTLS: false, host: "127.0.0.1", port: 9))
    }

    private func errors(_ text: String, _ environment: [String: String] = [:]) -> String {
        do {
            _ = try load(text, environment)
            return ""
        } catch {
            return "\(error)"
        }
    }

    static let small = """
        providers:
          openai: { kind: openai, api_key: "${KEY}" }
          claude: { kind: anthropic, api_key: sk, base_url: "http://127.0.0.1:7000" }
        models:
          fast: { targets: [ { provider: openai, model: gpt-4o-mini } ], defaults: { max_tokens: 1024 } }
          "claude/*": { targets: [ { provider: claude, model: "*" } ] }

        """

    @Test func compilesAFileIntoASnapshot() throws {
        let snapshot = try load(Self.small, ["KEY": "sk-secret"]).snapshot
        #expect(snapshot.providers.map(\.origin.description) == ["https://api.openai.com", "http://127.0.0.1:7000"])
        #expect(snapshot.providers[0].credentials[0].secret.reveal() == "sk-secret")
        #expect(snapshot.routes.match("fast")?.route.defaults == [.init(name: "max_tokens", json: Array("1024".utf8))])
    }

    @Test func saysWhereAnErrorIsAndWhatWasMeant() {
        let text = Self.small.replacing("targets: [ { provider: openai,", with: "targets: [ { providr: openai,")
        #expect(errors(text, ["KEY": "k"]).contains("headgate.yaml:5:24: models.fast.targets[0]"))
        #expect(errors(text, ["KEY": "k"]).contains("did you mean 'provider'?"))
    }

    @Test func namesAVariableThatIsNotSetAndNeverShowsASecret() {
        #expect(errors(Self.small).contains("KEY"))
        let broken = Self.small + "auth: maybe\n"
        #expect(!errors(broken, ["KEY": "sk-secret"]).contains("sk-secret"))
        #expect(errors(broken, ["KEY": "sk-secret"]).contains("auth"))
    }

    @Test func servesWhatTheEnvironmentHasKeysForWithoutAFile() throws {
        let configuration = try ConfigLoader.loadWithoutFile(
            environment: ["OPENAI_API_KEY": "sk"], readFile: { _ in [] },
            simulatorOrigin: Origin(isTLS: false, host: "127.0.0.1", port: 9))
        #expect(Set(configuration.snapshot.routes.routes.map(\.pattern)) == ["openai/*", "demo/*"])
    }

    @Test func neverCrashesOnAMutatedFile() {
        var random = RandomSource(seed: 3)
        let bytes = Array(Self.small.utf8)
        for _ in 0..<400 {
            var mutated = bytes
            for _ in 0..<3 { mutated[Int(random.next() % UInt64(bytes.count))] = UInt8(random.next() % 95) + 32 }
            _ = errors(String(decoding: mutated, as: UTF8.self), ["KEY": "k"])
        }
    }
}
