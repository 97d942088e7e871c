public import Core
public import Policy
public import Wire

/// Where an upstream listens.
public struct Origin: Sendable, Hashable, CustomStringConvertible {
    public let isTLS: Bool
    /// A name or an address, without brackets.
    public let host: String
    public let port: Int

    public init(isTLS: Bool, host: String, port: Int) {
        self.isTLS = isTLS
        self.host = host
        self.port = port
    }

    /// The value of the `host` field: without the port where it is the scheme's own.
    public var hostHeader: String {
        let host = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == (isTLS ? 443 : 80) ? host : "\(host):\(port)"
    }

    public var description: String { "\(isTLS ? "https" : "http")://\(hostHeader)" }
}

/// An account at a model API, or a server of the user's own. A class, so that passing it on costs one reference.
public final class Provider: Sendable {
    /// One of the account's keys.
    public struct Credential: Sendable {
        /// How it is shown to the provider.
        public enum Proof: Sendable {
            /// As it is, in the field that the kind names.
            case key
            /// It signs each request.
            case signature(AWSSigner)
            /// It is worth an access token, which is shown.
            case token(TokenGrant)
        }

        public let secret: Secret
        public let weight: Int
        public let proof: Proof

        public init(secret: Secret, weight: Int = 1, proof: Proof = .key) {
            self.secret = secret
            self.weight = weight
            self.proof = proof
        }
    }

    /// Whether usage is asked for in streams whose client did not ask for it.
    public enum StreamUsage: String, Sendable, CaseIterable { case ask, never }

    /// An HTTP proxy between Headgate and the provider.
    public struct HTTPProxy: Sendable, Hashable {
        public let host: String
        public let port: Int
        /// `Basic ...`, when the proxy's URL has a user.
        public let authorization: Secret?

        public init(host: String, port: Int, authorization: Secret? = nil) {
            self.host = host
            self.port = port
            self.authorization = authorization
        }
    }

    public let name: String
    public let kind: ProviderKind
    public let origin: Origin
    /// The path of the base URL without a trailing slash: empty, or such as `/v1`.
    public let basePath: String
    /// What stands between `basePath` and the kind's own paths.
    public let pathPrefix: String
    /// What every call's query has, such as `api-version=preview`; mostly empty.
    public let query: String
    /// The names under which the provider knows models, where it does not know them by their own.
    public let deployments: [String: String]
    /// Empty for a server that wants none.
    public let credentials: [Credential]
    /// Fields added to every call, from the configuration.
    public let headers: [(name: String, value: String)]
    /// PEM text of the authorities to trust instead of the system's.
    public let certificateAuthorities: [UInt8]?
    public let proxy: HTTPProxy?
    /// Connections to this provider, over all loops.
    public let connectionsMax: Int
    public let streamUsage: StreamUsage
    public let region: String
    /// Whether `/providers/{name}/...` is served.
    public let passthrough: Bool
    public let timeouts: TimeoutOverrides
    public let retries: RetryOverrides
    /// What is kept of its calls; nil: what is kept of all.
    public let recordLevel: RecordLevel?

    public init(
        name: String, kind: ProviderKind, origin: Origin, basePath: String, pathPrefix: String = "",
        query: String = "",
        deployments: [String: String] = [:], credentials: [Credential] = [],
        headers: [(name: String, value: String)] = [], certificateAuthorities: [UInt8]? = nil,
        proxy: HTTPProxy? = nil, connectionsMax: Int = 512, streamUsage: StreamUsage = .ask,
        region: String = "default", passthrough: Bool = false, timeouts: TimeoutOverrides = TimeoutOverrides(),
        retries: RetryOverrides = RetryOverrides(),
        recordLevel: RecordLevel? = nil
    ) {
        self.name = name
        self.kind = kind
        self.origin = origin
        self.basePath = basePath
        self.pathPrefix = pathPrefix
        self.query = query
        self.deployments = deployments
        self.credentials = credentials
        self.headers = headers
        self.certificateAuthorities = certificateAuthorities
        self.proxy = proxy
        self.connectionsMax = connectionsMax
        self.streamUsage = streamUsage
        self.region = region
        self.passthrough = passthrough
        self.timeouts = timeouts
        self.retries = retries
        self.recordLevel = recordLevel
    }

    /// Where an endpoint of this provider is: the path with its query; nil where it does not serve it.
    /// - Parameter model: the upstream's name of it.
    public func path(for endpoint: EndpointKind, model: String, streams: Bool) -> String? {
        guard let path = kind.paths(of: model)[endpoint] else { return nil }
        let filled = (streams ? path.stream : path.whole).filled(model: deployment(of: model))
        return basePath + pathPrefix + filled + query(after: filled)
    }

    /// What this provider calls a model.
    /// - Parameter model: the upstream's name of it in the configuration.
    public func deployment(of model: String) -> String { deployments[model] ?? model }

    /// The same, with what is known of it.
    public func served(_ model: String) -> ServedModel {
        ServedModel(
            deployment(of: model), knownAs: model, mediaAsBytes: kind.family(of: model)?.mediaAsBytes ?? [])
    }

    private func query(after path: String) -> String {
        if query.isEmpty { return "" }
        return (path.contains("?") ? "&" : "?") + query
    }
}

extension Snapshot {
    /// What access tokens are asked for with.
    public var tokenGrants: Set<TokenGrant> {
        Set(
            providers.flatMap(\.credentials).compactMap { credential in
                if case .token(let grant) = credential.proof { grant } else { nil }
            })
    }
}
