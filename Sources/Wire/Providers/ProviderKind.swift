/// How a provider wants its credential.
public enum CredentialScheme: Sendable, Equatable {
    /// `authorization: Bearer KEY`
    case bearer
    /// The key as the value of a field of this name.
    case header(String)
}

/// A kind of provider as a value: what differs between them is data.
public struct ProviderKind: Sendable {
    /// The word in the configuration's `kind:`.
    public let name: String
    public let dialect: Dialect
    /// Where calls go when the configuration has no `base_url`; nil: it must have one.
    public let baseURL: String?
    /// The path that ends a `base_url` of this kind; a `base_url` that lacks or repeats it is understood all the same.
    public let baseURLEnding: BaseURLEnding
    /// The variable whose presence makes this provider be served when there is no configuration file.
    public let environmentKey: String?
    public let credential: CredentialScheme
    public let needsCredential: Bool
    /// Fields sent where the client sent none of that name.
    public let defaultHeaders: [(name: HeaderName, text: String, value: String)]
    /// The upstream path of each endpoint that this kind serves, after the base URL.
    public private(set) var paths: [EndpointKind: String]

    /// Members that this kind knows by another name than OpenAI's, from and to.
    public let renames: [(from: String, to: String)]
    /// Whether a stream may be asked for its usage by `stream_options`; those that refuse it state their usage unasked.
    public let takesStreamOptions: Bool

    /// Models that are known beforehand: what a list of models shows for a `*`.
    public let knownModels: [String]

    public enum BaseURLEnding: Sendable, Equatable {
        /// As written.
        case asWritten
        /// The origin: a trailing `/v1` is taken off.
        case origin
    }

    public init(
        name: String, dialect: Dialect, baseURL: String?, baseURLEnding: BaseURLEnding, environmentKey: String?,
        credential: CredentialScheme, needsCredential: Bool,
        defaultHeaders: [(name: HeaderName, text: String, value: String)] = [],
        paths: [EndpointKind: String], renames: [(from: String, to: String)] = [], takesStreamOptions: Bool = true,
        knownModels: [String] = []
    ) {
        self.name = name
        self.dialect = dialect
        self.baseURL = baseURL
        self.baseURLEnding = baseURLEnding
        self.environmentKey = environmentKey
        self.credential = credential
        self.needsCredential = needsCredential
        self.defaultHeaders = defaultHeaders
        self.paths = paths
        self.renames = renames
        self.takesStreamOptions = takesStreamOptions
        self.knownModels = knownModels
    }

    /// The same kind where a server has these endpoints of OpenAI's dialect, and no others.
    public func having(_ endpoints: Set<EndpointKind>) -> ProviderKind {
        var kind = self
        kind.paths = Self.openAIPaths.adding(.responses, "/responses").filter { endpoints.contains($0.key) }
        return kind
    }
}
