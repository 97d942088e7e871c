/// How providers are asked by themselves whether they are well, beside what calls show of them.
public struct HealthSettings: Sendable, Equatable {
    /// Behind the provider's base URL, with its slash.
    public var path: String
    /// Nanoseconds between two checks of one provider.
    public var interval: Int64
    /// Nanoseconds until a check without an answer counts as failed.
    public var timeout: Int64

    public init(path: String, interval: Int64, timeout: Int64) {
        self.path = path
        self.interval = interval
        self.timeout = timeout
    }
}

/// One question to one provider.
public struct HealthCheck: Sendable {
    public let provider: String
    public let url: String
    /// What shows the provider who asks.
    public let fields: [(name: String, value: Secret)]
    /// Nanoseconds.
    public let timeout: Int64

    public init(provider: String, url: String, fields: [(name: String, value: Secret)], timeout: Int64) {
        self.provider = provider
        self.url = url
        self.fields = fields
        self.timeout = timeout
    }
}
