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

    static let kind = Field<Self, ProviderKind>(
        "kind", .choice(ProviderList.all.map { (word: $0.name, value: $0) }), isRequired: true,
        "What the provider speaks and how it wants its key.")
    static let apiKey = Field<Self, Secret>(
        "api_key", .secret, "The account's key. Every hosted provider needs it, or `api_keys`.")
    static let apiKeys = Field<Self, [At<Written<CredentialBlock>>]>(
        "api_keys", .list(.block(CredentialBlock.self), minimum: 1), "Several keys, chosen by weight.")
    static let baseURL = Field<Self, BaseURL>(
        "base_url", .baseURL,
        "Where calls go: for OpenAI's dialect it ends in `/v1`; for Anthropic's, Gemini's, Azure and Vertex it is the "
            + "origin.")
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
    static let region = Field<Self, String>(
        "region", .identifier, default: "default", "Where the provider is; for bedrock the region that is called.")
    static let passthrough = Field<Self, Bool>(
        "passthrough", .boolean, default: false, "Whether `/providers/{name}/...` is served.")
    static let timeouts = Field<Self, Written<TimeoutsBlock>>(
        "timeouts", .block(TimeoutsBlock.self), "Timeouts of this provider.")
    static let retries = Field<Self, Written<RetriesBlock>>(
        "retries", .block(RetriesBlock.self), "Retries of models whose first target is here.")
    static let record = Field<Self, RecordLevel>(
        "record", .choice(of: RecordLevel.self), "What is kept of calls to this provider, instead of `record.level`.")
    static let resource = Field<Self, String>(
        "resource", .identifier, "azure: the resource's name, of which the address is made.")
    static let apiVersion = Field<Self, String>(
        "api_version", .identifier, default: "v1", "azure: `v1`, `preview`, or a date for the API before version 1.")
    static let deployments = Field<Self, [Named<String>]>(
        "deployments",
        .map(names: "model", .text("the name of a deployment", bytesMax: 256), nameProblem: ModelPatternText.problem),
        "azure: the deployment of each model that has another name.")
    static let entra = Field<Self, Written<EntraBlock>>(
        "entra", .block(EntraBlock.self), "azure: an application of Microsoft Entra, instead of a key.")
    static let project = Field<Self, String>("project", .identifier, "vertex: the project's id.")
    static let location = Field<Self, String>(
        "location", .identifier, "vertex: a region, or `global`.")
    static let serviceAccountFile = Field<Self, String>(
        "service_account_file", .text("the path of a file"), "vertex: a service account's key, as JSON.")
    static let accessKeyID = Field<Self, String>(
        "access_key_id", .headerValue, "bedrock: an access key that signs each request, instead of `api_key`.")
    static let secretAccessKey = Field<Self, Secret>("secret_access_key", .secret, "bedrock: the access key's secret.")
    static let sessionToken = Field<Self, Secret>(
        "session_token", .secret, "bedrock: of temporary access keys; an empty one is none.")
    static let fields: [any BlockField] = [
        kind, apiKey, apiKeys, baseURL, endpoints, organization, headers, caFile, proxy, connectionsMax, streamUsage,
        region,
        passthrough, timeouts, retries, record, resource, apiVersion, deployments, entra, project, location,
        serviceAccountFile, accessKeyID, secretAccessKey, sessionToken,
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

/// `entra`: an application that asks Microsoft for tokens.
enum EntraBlock: Block {
    static let title = "entra"
    static let summary = "An application of Microsoft Entra, whose tokens are fetched and renewed ahead of time."
    static let example = "entra: { tenant_id: t, client_id: c, client_secret: \"${ENTRA_SECRET}\" }"

    static let tenantID = Field<Self, String>("tenant_id", .identifier, isRequired: true, "The directory's id.")
    static let clientID = Field<Self, String>("client_id", .identifier, isRequired: true, "The application's id.")
    static let clientSecret = Field<Self, Secret>(
        "client_secret", .secret, isRequired: true, "A secret of the application.")
    static let authority = Field<Self, BaseURL>(
        "authority", .baseURL, "Where tokens are had, for clouds other than the public one.")
    static let fields: [any BlockField] = [tenantID, clientID, clientSecret, authority]
}
