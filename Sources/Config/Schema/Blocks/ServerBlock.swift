import Plan

/// `server`.
enum ServerBlock: Block {
    static let title = "server"
    static let summary = "The data plane's listener: its size, its limits and its patience with clients."
    static let example = "server: { threads: 4, body_max: 16MiB, keepalive: 10s, cors: [\"https://app.example\"] }"

    private static let defaults = ServerSettings()
    private static let sizes = 1024...(1 << 30)

    static let threads = Field<Self, CountSetting>(
        "threads", .automaticOr(ConfigLimits.threads), default: .automatic,
        "Threads that serve; `auto` is one per core.")
    static let bodyMax = Field<Self, Int>(
        "body_max", .size(sizes), default: defaults.bodyBytesMax,
        "The largest body of a request, after decompression. A larger one gets 413.")
    static let headersMax = Field<Self, Int>(
        "headers_max", .size(sizes), default: defaults.headerBytesMax,
        "The largest header section of a request. A larger one gets 431.")
    static let connectionsMax = Field<Self, CountSetting>(
        "connections_max", .automaticOr(ConfigLimits.clientConnections), default: .automatic,
        "Connections of clients at a time; `auto` follows the limit of open files.")
    static let memoryMax = Field<Self, CountSetting>(
        "memory_max", .automaticOrSize(ConfigLimits.memory), default: .automatic,
        "Bytes of request bodies that are held at a time; a request past them gets 503. `auto` is a quarter of the "
            + "memory that the machine or the container has. It counts from the start of the program.")
    static let headerTimeout = Field<Self, Int64>(
        "header_timeout", .duration(DurationLimits.server), default: defaults.headerTimeout,
        "For a request's header section to arrive.")
    static let bodyTimeout = Field<Self, Int64>(
        "body_timeout", .duration(DurationLimits.server), default: defaults.bodyTimeout,
        "For a request's body to arrive.")
    static let idleTimeout = Field<Self, Int64>(
        "idle_timeout", .duration(DurationLimits.server), default: defaults.idleTimeout,
        "For which a connection without a request stays open.")
    static let drainTimeout = Field<Self, Int64>(
        "drain_timeout", .duration(DurationLimits.server), default: defaults.drainTimeout,
        "For running exchanges to end when the program is stopped.")
    static let keepAlive = Field<Self, Int64>(
        "keepalive", .duration(DurationLimits.server), default: defaults.keepAlive,
        "Silence of an upstream's stream after which the client gets a sign of life.")
    static let cors = Field<Self, [At<String>]>(
        "cors", .list(.webOrigin), default: [], "Origins of web pages that may call, such as `https://app.example`.")
    static let trustedProxies = Field<Self, [At<String>]>(
        "trusted_proxies", .list(.network), default: [],
        "Addresses and networks whose `x-forwarded-for` is believed, such as `10.0.0.0/8`.")
    static let fields: [any BlockField] = [
        threads, bodyMax, headersMax, connectionsMax, memoryMax, headerTimeout, bodyTimeout, idleTimeout, drainTimeout,
        keepAlive, cors, trustedProxies,
    ]
}
