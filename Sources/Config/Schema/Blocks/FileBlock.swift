import Core
import Plan

/// The whole file.
enum FileBlock: Block {
    static let title = "headgate.yaml"
    static let summary = "The file's keys. Only `providers` and `models` are needed."
    static let example = """
        listen: 127.0.0.1:8080
        providers:
          openai: { kind: openai, api_key: "${OPENAI_API_KEY}" }
        models:
          "openai/*": { targets: [ { provider: openai, model: "*" } ] }
        """

    static let listen = Field<Self, ListenAddress>(
        "listen", .address, default: ServerSettings().listen, "Where the data plane listens.")
    static let admin = Field<Self, Written<AdminBlock>>("admin", .block(AdminBlock.self), "The admin plane.")
    static let dataDirectory = Field<Self, String>(
        "data_dir", .text("the path of a directory"), default: Configuration.dataDirectoryDefault,
        "Where keys and records are kept. Paths are relative to the directory the program is started in.")
    static let access = Field<Self, Access>(
        "auth", .choice([("keys", .keys), ("none", .anyone)]), default: .keys,
        "Whether a key is needed. `none` is allowed on a loopback address only.")
    static let tls = Field<Self, Written<TLSBlock>>("tls", .block(TLSBlock.self), "Serve the data plane with TLS.")
    static let server = Field<Self, Written<ServerBlock>>(
        "server", .block(ServerBlock.self), "The data plane's listener.")
    static let timeouts = Field<Self, Written<TimeoutsBlock>>(
        "timeouts", .block(TimeoutsBlock.self), "Timeouts of upstream calls.")
    static let retries = Field<Self, Written<RetriesBlock>>(
        "retries", .block(RetriesBlock.self), "Retries of upstream calls.")
    static let breaker = Field<Self, Written<BreakerBlock>>(
        "breaker", .block(BreakerBlock.self), "When a target that fails is left alone.")
    static let health = Field<Self, Written<HealthBlock>>(
        "health", .block(HealthBlock.self), "Whether providers are asked by themselves; by default not.")
    static let onDisconnect = Field<Self, OnDisconnect>(
        "on_disconnect", .onDisconnect, default: .cancel, "What happens to the upstream call of a client that left.")
    static let record = Field<Self, RecordSettings>(
        "record", .record, default: RecordSettings(), "What is kept of calls.")
    static let otlp = Field<Self, [At<Written<OTLPBlock>>]>(
        "otlp", .list(.block(OTLPBlock.self)), default: [], "Where calls are sent to as spans.")
    static let providers = Field<Self, [Named<Written<ProviderBlock>>]>(
        "providers",
        .map(names: "provider", minimum: 1, .block(ProviderBlock.self), nameProblem: ProviderName.problem),
        isRequired: true, "Accounts at model APIs, and servers of your own, by name.")
    static let models = Field<Self, [Named<Written<ModelBlock>>]>(
        "models", .map(names: "model", minimum: 1, .block(ModelBlock.self), nameProblem: ModelPatternText.problem),
        isRequired: true, "What clients may ask for, by name.")
    static let keys = Field<Self, [At<Written<KeyBlock>>]>(
        "keys", .list(.block(KeyBlock.self)), default: [], "Clients' credentials.")
    static let prices = Field<Self, [At<Written<PriceBlock>>]>(
        "prices", .list(.block(PriceBlock.self)), default: [], "Prices that count before those of the built-in lists.")
    static let limits = Field<Self, [At<Written<LimitBlock>>]>(
        "limits", .list(.block(LimitBlock.self)), default: [], "What calls may use in a time.")
    static let budgets = Field<Self, [At<Written<BudgetBlock>>]>(
        "budgets", .list(.block(BudgetBlock.self)), default: [], "What calls may cost in a period.")
    static let features = Field<Self, [Named<Written<FeatureBlock>>]>(
        "features", .map(names: "feature", .block(FeatureBlock.self), nameProblem: { $0.isEmpty ? "is empty" : nil }),
        default: [],
        "What features of the application bring in, by name.")
    static let priority = Field<Self, Written<PriorityBlock>>(
        "priority", .block(PriorityBlock.self), "Which calls come first when there is no room.")
    static let fetch = Field<Self, Written<FetchBlock>>(
        "fetch", .block(FetchBlock.self),
        "Whether URLs of images and documents in requests are fetched for providers that want the bytes; by default "
            + "not.")
    static let fields: [any BlockField] = [
        listen, admin, dataDirectory, access, tls, server, timeouts, retries, breaker, health, onDisconnect, record,
        otlp, providers, models, keys, prices, limits, budgets, features, priority, fetch,
    ]
}
