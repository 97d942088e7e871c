import Core
import Plan
import Testing
import Wire

@testable import Config

/// A member of `providers` as the data plane gets it.
@Suite struct ProviderTests {
    @Test func hostedProvidersKnowTheirAddress() throws {
        let openai = try Load.provider("{ kind: openai, api_key: k }")
        #expect(openai.origin == Origin(isTLS: true, host: "api.openai.com", port: 443))
        #expect(openai.basePath == "/v1")
        let claude = try Load.provider("{ kind: anthropic, api_key: k }")
        #expect(claude.origin == Origin(isTLS: true, host: "api.anthropic.com", port: 443))
        #expect(claude.basePath == "")
    }

    @Test func theSimulatorIsWhereItListens() throws {
        #expect(try Load.provider("{ kind: simulator }").origin == Load.simulator)
        let elsewhere = try Load.provider("{ kind: simulator, base_url: \"http://127.0.0.1:7000\" }")
        #expect(elsewhere.origin.port == 7000)
    }

    @Test(arguments: [
        ("openai-compatible", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000", "/v1"),
        ("openai-compatible", "http://HOST.example", "http://host.example", ""),
        ("openai-compatible", "http://host/", "http://host", ""),
        ("openai-compatible", "https://host:8443/a/b/v1//", "https://host:8443", "/a/b/v1"),
        ("openai-compatible", "http://[::1]:80/v1", "http://[::1]", "/v1"),
        ("anthropic", "https://api.anthropic.com/v1/", "https://api.anthropic.com", ""),
        ("anthropic", "https://proxy.example/anthropic/v1", "https://proxy.example", "/anthropic"),
        ("anthropic", "https://proxy.example/v1beta", "https://proxy.example", "/v1beta"),
        ("gemini", "https://proxy.example/google/v1beta/", "https://proxy.example", "/google"),
    ]) func aBaseURLIsTakenApart(_ kind: String, _ url: String, _ origin: String, _ path: String) throws {
        let provider = try Load.provider("{ kind: \(kind), api_key: k, base_url: \"\(url)\" }")
        #expect(provider.origin.description == origin)
        #expect(provider.basePath == path)
    }

    @Test func aServerMayHaveOtherEndpointsThanItsKind() throws {
        let only = try Load.provider(
            "{ kind: openai-compatible, base_url: \"http://host/v1\", endpoints: [ responses ] }")
        #expect(only.kind.paths[.responses] != nil && only.kind.paths[.chatCompletions] == nil)
        let plain = try Load.provider("{ kind: openai-compatible, base_url: \"http://host/v1\" }")
        #expect(plain.kind.paths[.responses] == nil && plain.kind.paths[.chatCompletions] != nil)
        #expect(throws: (any Error).self) {
            try Load.provider("{ kind: anthropic, api_key: k, endpoints: [ chat ] }")
        }
    }

    @Test func whatIsNotWrittenHasItsDefault() throws {
        let provider = try Load.provider("{ kind: openai, api_key: k }")
        #expect(provider.headers.isEmpty)
        #expect(provider.certificateAuthorities == nil)
        #expect(provider.proxy == nil)
        #expect(provider.connectionsMax == 512)
        #expect(provider.streamUsage == .ask)
        #expect(provider.region == "default")
        #expect(!provider.passthrough)
        #expect(provider.timeouts == TimeoutOverrides())
        #expect(provider.credentials.map(\.weight) == [1])
    }

    @Test func everyOtherKeyIsRead() throws {
        let provider = try Load.provider(
            """
            { kind: openai, api_key: k, organization: org-1, headers: { X-A: b c }, ca_file: ca.pem, \
            proxy: "http://u:p%40ss@proxy.example:3128", connections_max: 7, stream_usage: never, region: eu-1, \
            passthrough: true, timeouts: { connect: 1s } }
            """, files: ["ca.pem": Load.pem])
        #expect(provider.headers.map(\.name) == ["x-a", "openai-organization"])
        #expect(provider.headers.map(\.value) == ["b c", "org-1"])
        #expect(provider.certificateAuthorities == Load.pem)
        #expect(provider.proxy?.host == "proxy.example")
        #expect(provider.proxy?.port == 3128)
        #expect(provider.proxy?.authorization?.reveal() == "Basic dTpwQHNz")
        #expect(provider.connectionsMax == 7)
        #expect(provider.streamUsage == .never)
        #expect(provider.region == "eu-1")
        #expect(provider.passthrough)
        #expect(provider.timeouts.connect == .seconds(1))
        #expect(provider.timeouts.total == nil)
    }

    @Test func aServerOfOnesOwnNeedsNoKey() throws {
        let local = "kind: openai-compatible, base_url: \"http://h/v1\""
        #expect(try Load.provider("{ \(local) }").credentials.isEmpty)
        #expect(try Load.provider("{ \(local), api_key: \"${LOCAL_KEY:-}\" }").credentials.isEmpty)
        #expect(try Load.provider("{ \(local), api_key: k }").credentials.count == 1)
    }

    @Test(arguments: [
        ("{ kind: openai }", "1:18: providers.up: missing key 'api_key': the kind openai needs a key"),
        ("{ kind: openai, api_key: }", "1:43: providers.up.api_key: the key is empty"),
        (
            "{ kind: openai, api_key: k, api_keys: [ { key: k } ] }",
            "1:56: providers.up.api_keys: 'api_key' and 'api_keys' exclude each other"
        ),
        ("{ kind: openai, api_keys: [] }", "1:44: providers.up.api_keys: expected at least 1 in the list"),
        (
            "{ kind: openai, api_keys: [ { key: k, weight: 0 } ] }",
            "1:64: providers.up.api_keys[0].weight: expected a whole number from 1 to 1000000, found '0'"
        ),
        (
            "{ kind: openai, api_key: \"a\\nb\" }",
            "1:43: providers.up.api_key: the key holds a line break or another character that cannot be sent, or "
                + "begins or ends with a space"
        ),
        (
            "{ kind: openai-compatible }",
            "1:18: providers.up: missing key 'base_url': the kind openai-compatible has no address of its own"
        ),
        (
            "{ kind: anthropic, api_key: k, organization: o }",
            "1:63: providers.up.organization: the kind anthropic knows no organization"
        ),
        (
            "{ kind: openai, api_key: k, headers: { Authorization: k } }",
            "1:57: providers.up.headers.Authorization: the field 'authorization' carries the key; write it as "
                + "'api_key'"
        ),
        (
            "{ kind: openai, api_key: k, headers: { x-a: 1, X-A: 2 } }",
            "1:65: providers.up.headers.X-A: the field 'x-a' is written twice"
        ),
        (
            "{ kind: openai, api_key: k, headers: { Host: a } }",
            "1:57: providers.up.headers.Host: the field 'Host' is written by the gateway"
        ),
        (
            "{ kind: openai, api_key: k, headers: { \"a b\": a } }",
            "1:57: providers.up.headers.\"a b\": not the name of a header field"
        ),
        (
            "{ kind: openai, api_key: k, organization: o, headers: { OpenAI-Organization: p } }",
            "1:60: providers.up.organization: 'organization' and the field 'openai-organization' exclude each other"
        ),
        (
            "{ kind: openai, api_key: k, passthrough: yes }",
            "1:59: providers.up.passthrough: expected true or false, found 'yes'"
        ),
        ("{ kind: openai, api_key: k, ca_file: gone.pem }", "1:55: providers.up.ca_file: the file cannot be read"),
        (
            "{ kind: openia, api_key: k }",
            "1:26: providers.up.kind: expected openai, openai-compatible, anthropic, gemini, mistral, groq, deepseek, xai, "
                + "together, fireworks, cerebras, openrouter, perplexity, voyage, databricks, cohere, azure, vertex, bedrock, ollama, vllm, sglang, "
                + "llamacpp or simulator, found 'openia'; did you mean 'openai'?"
        ),
    ]) func aWrongProviderIsRefused(_ settings: String, _ error: String) {
        #expect(Load.providerErrors(settings) == ["headgate.yaml:" + error])
    }
}
