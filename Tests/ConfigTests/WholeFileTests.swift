import Core
import Plan
import Testing
import Wire

@testable import Config

/// A file that uses every key there is.
@Suite struct WholeFileTests {
    static let file = """
        listen: 127.0.0.1:8080
        admin: { listen: 127.0.0.1:8081, tls: { certificate: a.pem, key: a.key }, metrics: open }
        data_dir: data
        auth: keys
        tls: { certificate: a.pem, key: a.key }
        server: { threads: auto, body_max: 64MiB, headers_max: 64KiB, connections_max: auto, header_timeout: 10s, \
        body_timeout: 60s, idle_timeout: 120s, drain_timeout: 30s, keepalive: 15s, cors: [], trusted_proxies: [] }
        timeouts: { connect: 5s, first_token: 120s, between_tokens: 60s, total: 600s }
        on_disconnect: cancel
        otlp: [ { endpoint: "https://otel.example/v1/traces", profile: otel-1.41, headers: { X-Key: "k ${A}" }, \
        content: false } ]
        providers:
          openai: { kind: openai, api_key: "${OPENAI_API_KEY}" }
          pooled: { kind: openai, api_keys: [ { key: "${A}", weight: 2 }, { key: "${B}" } ], \
        base_url: "https://api.openai.com/v1", organization: org-1, headers: { x-a: b }, ca_file: ca.pem, proxy: env, \
        connections_max: 512, stream_usage: ask, region: us, passthrough: false }
          claude: { kind: anthropic, api_key: "${ANTHROPIC_API_KEY}" }
          local:  { kind: openai-compatible, base_url: "http://127.0.0.1:8000/v1" }
          demo:   { kind: simulator }
        models:
          gpt-4o-mini: { targets: [ { provider: openai } ] }
          "openai/*":  { targets: [ { provider: openai, model: "*" } ] }
          "*":         { targets: [ { provider: openai, model: "*" } ] }
          fast:
            strategy: weighted
            targets:
              - { provider: openai, model: gpt-4o-mini, weight: 3, region: us }
              - { provider: claude, model: claude-haiku-4-5, weight: 1 }
            defaults: { max_tokens: 1024 }
            force: { store: false }
            timeouts: { total: 30s }
        keys:
          - { name: app, token: "${HEADGATE_KEY}", project: default, models: [ fast, "openai/*" ], \
        tags: { feature: chat, team: growth }, tags_from_client: [ user, session, feature, prompt ], \
        permissions: [ infer, feedback, ingest ], expires: 2027-01-01, timeouts: { first_token: 10s } }

        """

    static let environment = [
        "OPENAI_API_KEY": "sk-openai", "A": "sk-a", "B": "sk-b", "ANTHROPIC_API_KEY": "sk-ant",
        "HEADGATE_KEY": "a-token-of-the-application",
    ]
    static let files = ["a.pem": Load.pem, "a.key": Load.pem, "ca.pem": Load.pem]

    private func load() throws -> Configuration {
        try Load.configuration(Self.file, environment: Self.environment, files: Self.files)
    }

    @Test func everyKeyIsRead() throws {
        let configuration = try load()
        let snapshot = configuration.snapshot
        #expect(snapshot.providers.map(\.name) == ["openai", "pooled", "claude", "local", "demo"])
        #expect(snapshot.routes.routes.map(\.pattern) == ["gpt-4o-mini", "openai/*", "*", "fast"])
        #expect(snapshot.keys.map(\.name) == ["app"])
        #expect(configuration.otlp.map(\.endpoint) == ["https://otel.example/v1/traces"])
        #expect(configuration.otlp[0].headers == [OTLPSettings.Header(name: "x-key", value: Secret("k sk-a"))])
        #expect(configuration.otlp[0].profile == .openTelemetry && !configuration.otlp[0].content)
        #expect(configuration.file == Load.file)
    }

    @Test func whatIsWrittenAsDefaultIsTheDefault() throws {
        let written = try load()
        let small = try Load.configuration(Small.file)
        var server = written.snapshot.server
        #expect(server.tls == ServerSettings.TLS(certificateFile: "a.pem", keyFile: "a.key"))
        server.tls = nil
        #expect(server == small.snapshot.server)
        #expect(server == ServerSettings())
        #expect(written.snapshot.timeouts == small.snapshot.timeouts)
        #expect(written.snapshot.onDisconnect == small.snapshot.onDisconnect)
        #expect(written.snapshot.access == small.snapshot.access)
        #expect(written.admin.listen == small.admin.listen)
        #expect(written.admin.metrics == small.admin.metrics)
        #expect(written.dataDirectory == small.dataDirectory)
    }

    @Test func targetsFindTheirProviders() throws {
        let snapshot = try load().snapshot
        let fast = try #require(snapshot.routes.match("fast")?.route)
        #expect(fast.targets.map { snapshot.providers[$0.provider].name } == ["openai", "claude"])
        #expect(fast.targets.map(\.model) == ["gpt-4o-mini", "claude-haiku-4-5"])
        #expect(fast.targets.map(\.weight) == [3, 1])
        #expect(fast.targets.map(\.region) == ["us", "default"])
    }

    @Test func keysOfAProviderComeFromTheEnvironment() throws {
        let snapshot = try load().snapshot
        #expect(snapshot.providers[0].credentials.map { $0.secret.reveal() } == ["sk-openai"])
        #expect(snapshot.providers[1].credentials.map { $0.secret.reveal() } == ["sk-a", "sk-b"])
        #expect(snapshot.providers[1].credentials.map(\.weight) == [2, 1])
    }

    @Test func aKeyIsFoundByTheDigestOfItsToken() throws {
        let snapshot = try load().snapshot
        let key = try #require(snapshot.key(for: TokenDigest.of(token: "a-token-of-the-application")))
        #expect(key.name == "app")
        #expect(key.permissions == [.infer, .feedback, .ingest])
        #expect(key.clientTags == .only(["user", "session", "feature", "prompt"]))
        #expect(key.expiresAtUnixMicroseconds == 1_798_761_600_000_000)
    }
}
