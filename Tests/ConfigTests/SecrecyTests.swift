import Core
import Plan
import Testing

@testable import Config

/// No error holds a secret, wherever it stands and whatever is wrong with it.
@Suite struct SecrecyTests {
    private static let secret = "hunter2-hunter2"

    @Test(arguments: [
        "{ kind: openai, api_key: \"hunter2-hunter2\\n\" }",
        "{ kind: openai, api_key: \" hunter2-hunter2\" }",
        "{ kind: openai, api_key: !hunter2-hunter2 }",
        "{ kind: openai, api_key: *hunter2-hunter2 }",
        "{ kind: openai, api_key: k, api_keys: [ { key: hunter2-hunter2 } ] }",
        "{ kind: openai, api_keys: [ { key: \"hunter2-hunter2 \" } ] }",
        "{ kind: openai, api_keys: [ hunter2-hunter2 ] }",
        "{ kind: openai, api_keys: hunter2-hunter2 }",
        "{ kind: openai, api_key: [ hunter2-hunter2 ] }",
        "{ kind: openai, api_key: \"${hunter2-hunter2}\" }",
        "{ kind: openai, api_key: k, base_url: \"https://user:hunter2-hunter2@api.example\" }",
        "{ kind: openai, api_key: k, base_url: \"https://api.example/?key=hunter2-hunter2\" }",
        "{ kind: openai, api_key: k, base_url: \"hunter2-hunter2\" }",
        "{ kind: openai, api_key: k, proxy: \"http://user:hunter2-hunter2@proxy.example/path\" }",
        "{ kind: openai, api_key: k, proxy: \"http://user:hunter2-hunter2%zz@proxy.example\" }",
        "{ kind: openai, api_key: k, proxy: hunter2-hunter2 }",
        "{ kind: openai, api_key: k, headers: { x-key: \"hunter2-hunter2\\n\" } }",
        "{ kind: openai, api_key: k, headers: { authorization: hunter2-hunter2 } }",
        "{ kind: openai, api_key: k, organization: o, headers: { x-a: hunter2-hunter2 }, nothing: 1 }",
    ]) func ofAProvider(_ settings: String) {
        let errors = Load.providerErrors(settings)
        #expect(!errors.isEmpty)
        #expect(!errors.joined().contains(Self.secret), "\(errors)")
    }

    @Test(arguments: [
        "{ name: a, token: hunter2-hunter2 }", "{ name: a, token: \"hunter2-hunter2 0123456789\" }",
        "{ name: a, token_sha256: hunter2-hunter2 }", "{ name: a, token: [ hunter2-hunter2 ] }",
        "{ name: a, token: hunter2-hunter2-1 }, { name: b, token: hunter2-hunter2-1 }",
    ]) func ofAKey(_ settings: String) {
        let errors = Load.keyErrors(settings)
        #expect(!errors.isEmpty)
        #expect(!errors.joined().contains(Self.secret), "\(errors)")
    }

    /// A variable's value is not repeated even where the key is none that holds a secret.
    @Test(arguments: [
        "auth: ${S}", "listen: ${S}", "server: { threads: \"${S}\", cors: [ \"${S}\" ], body_max: \"${S}\" }",
        "timeouts: { total: \"${S}\" }", "keys: [ { name: a, token_sha256: \"${S}\", expires: \"${S}\" } ]",
        "data_dir: \"${S}\\n\"", "on_disconnect: ${S}", "admin: ${S}", "tls: { certificate: \"${S}\", key: \"${S}\" }",
    ]) func ofTheEnvironment(_ lines: String) {
        let errors = Load.errors(Small.file + lines + "\n", environment: ["S": Self.secret])
        #expect(!errors.isEmpty)
        #expect(!errors.joined().contains(Self.secret), "\(errors)")
    }

    @Test func ofTheProxysVariable() {
        let errors = Load.providerErrors(
            "{ kind: openai, api_key: k }", environment: ["HTTPS_PROXY": "socks5://u:hunter2-hunter2@proxy.example"])
        #expect(
            errors == [
                "headgate.yaml:1:18: providers.up.proxy: the environment variable 'HTTPS_PROXY' is not right: expected "
                    + "a proxy's URL that begins with http://"
            ])
    }

    @Test func aValidConfigurationDoesNotShowThemEither() throws {
        let configuration = try Load.configuration(
            Small.withProvider("{ kind: openai, api_key: hunter2-hunter2 }"))
        #expect(!String(reflecting: configuration).contains(Self.secret))
        #expect(!"\(configuration.snapshot.providers)".contains(Self.secret))
    }

    @Test(arguments: [
        "{ endpoint: \"https://user:hunter2-hunter2@otel.example\" }", "{ endpoint: hunter2-hunter2 }",
        "{ endpoint: \"https://otel.example\", headers: { a: \"hunter2-hunter2 \" } }",
    ]) func ofADestinationOfSpans(_ settings: String) {
        let errors = Load.errors(Small.file + "otlp: [ \(settings) ]\n")
        #expect(!errors.isEmpty)
        #expect(!errors.joined().contains(Self.secret), "\(errors)")
    }
}
