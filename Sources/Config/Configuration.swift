public import Core
public import Ledger
public import Plan

/// A whole valid configuration: the snapshot that the data plane reads, and what the rest of the program needs.
public struct Configuration: Sendable {
    public let snapshot: Snapshot
    public let admin: AdminSettings
    /// Where keys and records are kept, as written.
    public let dataDirectory: String
    /// What a call of a feature brings in, by the feature's name.
    public let featurePrices: [String: Money]
    /// Where calls are sent to as spans.
    public let otlp: [OTLPSettings]
    /// The file it came from; nil when there is none.
    public let file: String?

    public static let dataDirectoryDefault = "data"

    /// With imported price lists.
    public func adding(prices: [PriceEntry]) -> Configuration {
        if prices.isEmpty { return self }
        return replacing(snapshot.replacing(prices: snapshot.prices.replacingImported(prices)))
    }

    /// With what is kept elsewhere: keys behind its own (one whose token the file has as well is left out) and targets
    /// that are out of service.
    public func adding(keys: [Key], drained: Set<TargetName> = []) -> Configuration {
        var digests = Set(snapshot.keys.map(\.digest))
        let added = keys.filter { digests.insert($0.digest).inserted }
        return replacing(snapshot.replacing(keys: snapshot.keys + added, drained: drained))
    }

    private func replacing(_ snapshot: Snapshot) -> Configuration {
        Configuration(
            snapshot: snapshot, admin: admin, dataDirectory: dataDirectory, featurePrices: featurePrices, otlp: otlp,
            file: file)
    }
}

/// The admin plane's part of the configuration.
public struct AdminSettings: Sendable, Equatable {
    public var listen = ListenAddress(host: "127.0.0.1", port: 8081)
    public var tls: ServerSettings.TLS?
    public var metrics = MetricsAccess.open

    public init() {}
}

/// What the command line says counts before what the file says.
public struct ConfigOverrides: Sendable {
    public var listen: ListenAddress?
    public var adminListen: ListenAddress?
    public var dataDirectory: String?

    public init(listen: ListenAddress? = nil, adminListen: ListenAddress? = nil, dataDirectory: String? = nil) {
        self.listen = listen
        self.adminListen = adminListen
        self.dataDirectory = dataDirectory
    }
}
