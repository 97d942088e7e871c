import Core
import Plan
import Wire

/// A member of `providers`.
enum ProviderBlock: Block {
    static let title = "provider"
    static let summary = """
        An account at a model API, or a server of your own. The name is what targets say, and what stands in \
        `/providers/{name}/...` and in the record.
        """
    static let example = """
        providers:
          openai: { kind: openai, api_key: "${OPENAI_API_KEY}" }
          local: { kind: openai-compatible, base_url: "http://127.0.0.1:8000/v1" }
          demo: { kind: simulator }
        """
    static let laterKeys = [
        "resource", "api_version", "deployments", "entra", "project", "location", "service_account_file",
        "access_key_id", "secret_access_key", "session_token", "retries",
    ]
    private static let laterKinds = ["azure", "gemini", "vertex", "bedrock", "cohere"]

    static let kind = Field<Self, ProviderKind>(
        "kind", .choice(ProviderList.all.map { (word: $0.name, value: $0) }, later: laterKinds), isRequired: true,
        "What the provider speaks and how it wants its key.")
    static let apiKey = Field<Self, Secret>(
        "api_key", .secret, "The account's key. Every hosted provider needs it, or `api_keys`.")
    static let apiKeys = Field<Self, [At<Written<CredentialBlock>>]>(
        "api_keys", .list(.block(CredentialBlock.self), minimum: 1), "Several keys, chosen by weight.")
    static let baseURL = Field<Self, BaseURL>(
        "base_url", .baseURL,
        "Where calls go: for OpenAI's dialect it ends in `/v1`, for Anthropic's it is the origin.")
    static let endpoints = Field<Self, [At<EndpointKind>]>(
        "endpoints",
        .list(
            .choice(
                [
                    (word: "chat", value: EndpointKind.chatCompletions), (word: "completions", value: .completions),
                    (word: "embeddings", value: .embeddings), (word: "responses", value: .responses),
                ]), minimum: 1),
        "Which endpoints of OpenAI's dialect the server has, where they are others than its kind's. Calls of the "
            + "other formats are translated into the first of `chat` and `responses`.")
    static let organization = Field<Self, String>(
        "organization", .text(), "OpenAI's organization, sent as `openai-organization`.")
    static let headers = Field<Self, [Named<String>]>(
        "headers", .map(names: "header field", .headerValue, nameProblem: HeaderText.problem),
        "Header fields added to every call.")
    static let caFile = Field<Self, String>(
        "ca_file", .text("the path of a file"), "Authorities to trust instead of the system's, as PEM.")
    static let proxy = Field<Self, ProxySetting>(
        "proxy", .proxy, default: .environment,
        "`env` follows `HTTPS_PROXY` and `NO_PROXY` for providers with https; `none`; or the URL of an HTTP proxy.")
    static let connectionsMax = Field<Self, Int>(
        "connections_max", .integer(ConfigLimits.providerConnections), default: ConfigLimits.providerConnectionsDefault,
        "Connections to the provider at a time.")
    static let streamUsage = Field<Self, Provider.StreamUsage>(
        "stream_usage", .choice(of: Provider.StreamUsage.self), default: .ask,
        "Whether usage is asked for in streams whose client did not ask.")
    static let region = Field<Self, String>("region", .identifier, default: "default", "Where the provider is.")
    static let passthrough = Field<Self, Bool>(
        "passthrough", .boolean, default: false, "Whether `/providers/{name}/...` is served.")
    static let timeouts = Field<Self, Written<TimeoutsBlock>>(
        "timeouts", .block(TimeoutsBlock.self), "Timeouts of this provider.")
    static let record = Field<Self, RecordLevel>(
        "record", .choice(of: RecordLevel.self), "What is kept of calls to this provider, instead of `record.level`.")
    static let fields: [any BlockField] = [
        kind, apiKey, apiKeys, baseURL, endpoints, organization, headers, caFile, proxy, connectionsMax, streamUsage,
        region,
        passthrough, timeouts, record,
    ]
}

/// An item of `api_keys`.
enum CredentialBlock: Block {
    static let title = "api_key"
    static let summary = "One of an account's keys. A key that is refused or limited rests for a while."
    static let example = "api_keys: [ { key: \"${KEY_A}\", weight: 2 }, { key: \"${KEY_B}\" } ]"

    static let key = Field<Self, Secret>("key", .secret, isRequired: true, "The key.")
    static let weight = Field<Self, Int>(
        "weight", .integer(ConfigLimits.credentialWeights), default: 1, "Its share of the calls.")
    static let fields: [any BlockField] = [key, weight]
}
