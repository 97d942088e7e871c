/// How a provider wants its credential.
public enum CredentialScheme: Sendable, Equatable {
    /// `authorization: Bearer KEY`
    case bearer
    /// The key as the value of the fields of these names.
    case headers([String])

    static func header(_ name: String) -> CredentialScheme { .headers([name]) }

    /// The fields that carry a key, in lower case.
    public var fieldNames: [String] {
        switch self {
        case .bearer: ["authorization"]
        case .headers(let names): names
        }
    }
}

/// What a kind's address and credentials are made of, beside a key: words of the configuration.
public enum ProviderSetting: String, Sendable, CaseIterable {
    case region, resource, project, location
    case apiVersion = "api_version"
    case deployments
    case serviceAccountFile = "service_account_file"
    case entra
    case accessKeyID = "access_key_id"
    case secretAccessKey = "secret_access_key"
    case sessionToken = "session_token"
}

/// Where a provider among OpenAI's chats takes back what a model thought in an earlier message.
public enum ThoughtsMember: Sendable {
    /// `reasoning_details`, sealed thinking and signatures included.
    case details
    /// `reasoning_content`: the words alone.
    case content
    /// Nowhere: many refuse a message with a member that they do not know.
    case none
}

/// A kind of provider as a value: what differs between them is data.
public struct ProviderKind: Sendable {
    /// The word in the configuration's `kind:`.
    public let name: String
    public let dialect: Dialect
    /// Where calls go when the configuration has no `base_url`; nil: it must have one. A setting's name in braces
    /// stands for what the configuration says.
    public let baseURL: String?
    /// What stands between the base URL and the paths below, with settings in braces like it; mostly empty.
    public let pathPrefix: String
    /// The settings that it knows beside those of every kind.
    public let settings: Set<ProviderSetting>
    /// The path that ends a `base_url` of this kind; a `base_url` that lacks or repeats it is understood all the same.
    public let baseURLEnding: BaseURLEnding
    /// The variable whose presence makes this provider be served when there is no configuration file.
    public let environmentKey: String?
    public let credential: CredentialScheme
    public let needsCredential: Bool
    /// Fields sent where the client sent none of that name.
    public let defaultHeaders: [(name: HeaderName, text: String, value: String)]
    /// The upstream path of each endpoint that this kind serves, after the base URL.
    public private(set) var paths: [EndpointKind: UpstreamPath]
    /// What stands before the paths of stored responses, files and batches, where there are any.
    public let objectsPrefix: String?
    /// Models that this kind serves on other paths than the rest.
    public let families: [ModelFamily]

    /// The format that others are put into, where it has several; nil: the first of all formats that it has.
    public let preferredFormat: ChatFormat?
    /// Members that this kind knows by another name than OpenAI's, from and to.
    public let renames: [(from: String, to: String)]
    /// Members of whole answers that this kind calls by another name, from and to.
    public let answerRenames: [EndpointKind: [(from: String, to: String)]]
    /// Whether a stream may be asked for its usage by `stream_options`; those that refuse it state their usage unasked.
    public let takesStreamOptions: Bool
    /// Where it takes back thinking.
    public let thoughts: ThoughtsMember

    /// Models that are known beforehand: what a list of models shows for a `*`.
    public let knownModels: [String]

    public enum BaseURLEnding: Sendable, Equatable {
        /// As written.
        case asWritten
        /// The origin: a trailing version of the API, such as `/v1`, is taken off.
        case origin
    }

    public init(
        name: String, dialect: Dialect, baseURL: String?, baseURLEnding: BaseURLEnding, environmentKey: String?,
        pathPrefix: String = "", settings: Set<ProviderSetting> = [],
        credential: CredentialScheme, needsCredential: Bool,
        defaultHeaders: [(name: HeaderName, text: String, value: String)] = [],
        paths: [EndpointKind: UpstreamPath], objectsPrefix: String? = nil,
        families: [ModelFamily] = [],
        preferredFormat: ChatFormat? = nil, renames: [(from: String, to: String)] = [],
        answerRenames: [EndpointKind: [(from: String, to: String)]] = [:], takesStreamOptions: Bool = true,
        thoughts: ThoughtsMember = .none, knownModels: [String] = []
    ) {
        self.name = name
        self.dialect = dialect
        self.baseURL = baseURL
        self.pathPrefix = pathPrefix
        self.settings = settings
        self.baseURLEnding = baseURLEnding
        self.environmentKey = environmentKey
        self.credential = credential
        self.needsCredential = needsCredential
        self.defaultHeaders = defaultHeaders
        self.paths = paths
        self.objectsPrefix = objectsPrefix
        self.families = families
        self.preferredFormat = preferredFormat
        self.renames = renames
        self.answerRenames = answerRenames
        self.takesStreamOptions = takesStreamOptions
        self.thoughts = thoughts
        self.knownModels = knownModels
    }

    /// The same kind where a server has these of OpenAI's text endpoints, and no others of them.
    public func having(_ endpoints: Set<EndpointKind>) -> ProviderKind {
        let all = Self.openAIPaths.adding([.responses: "/responses"])
        var kind = self
        kind.paths = paths.filter { all[$0.key] == nil }.adding(all.filter { endpoints.contains($0.key) })
        return kind
    }
}

extension ProviderKind {
    /// The family that a model of this kind belongs to, by the upstream's name of it; nil: it is one of the rest.
    public func family(of model: String) -> ModelFamily? {
        families.isEmpty ? nil : families.first { model.hasPrefix($0.prefix) }
    }

    /// The upstream paths of a model.
    public func paths(of model: String) -> [EndpointKind: UpstreamPath] { family(of: model)?.paths ?? paths }

    /// Whether it has this endpoint for a model, or one that can stand for it.
    public func serves(_ endpoint: EndpointKind, model: String) -> Bool {
        paths(of: model)[endpoint] != nil || ChatTranslation.between(endpoint, self, model: model) != nil
            || EmbeddingTranslation.between(endpoint, self, model: model) != nil
            || CountTranslation.between(endpoint, self, model: model) != nil
    }
}
