/// A path at a provider, after the base URL. `{model}` in it stands for the upstream's name of the model.
public struct UpstreamPath: Sendable, ExpressibleByStringLiteral {
    public let whole: Template
    /// Where streams are asked for.
    public let stream: Template

    /// - Parameter stream: nil where a stream is asked for on the same path.
    public init(_ whole: String, stream: String? = nil) {
        self.whole = Template(whole)
        self.stream = Template(stream ?? whole)
    }

    public init(stringLiteral whole: String) { self.init(whole) }

    public struct Template: Sendable {
        private let head: String
        /// What follows the model; nil where the path names none.
        private let tail: String?

        init(_ text: String) {
            let placeholder = "{model}"
            guard let brace = text.firstIndex(of: "{"), text[brace...].hasPrefix(placeholder) else {
                head = text
                tail = nil
                return
            }
            head = String(text[..<brace])
            tail = String(text[brace...].dropFirst(placeholder.count))
        }

        public var namesModel: Bool { tail != nil }

        /// - Parameter model: any text: what would end a segment or change the path's meaning is encoded.
        public func filled(model: String) -> String {
            tail.map { head + PercentEncoding.encodedSegment(model) + $0 } ?? head
        }
    }
}

/// Models of one provider that are spoken to in another way than its others, told by how their names begin.
public struct ModelFamily: Sendable {
    public let prefix: String
    public let paths: [EndpointKind: UpstreamPath]
    /// Members that a body of the same format must have here, as JSON text.
    public let members: [(name: String, json: String)]
    /// Fields sent where the client sent none of that name.
    public let defaultHeaders: [(name: HeaderName, text: String, value: String)]
    /// The values of `anthropic-beta` that are taken, by how they begin; nil: they pass as they come.
    public let betas: [String]?
    /// What is taken as bytes only here, though the format has a word for URLs.
    public let mediaAsBytes: Set<MediaType.Kind>

    public init(
        prefix: String, paths: [EndpointKind: UpstreamPath], members: [(name: String, json: String)] = [],
        defaultHeaders: [(name: HeaderName, text: String, value: String)] = [], betas: [String]? = nil,
        mediaAsBytes: Set<MediaType.Kind> = []
    ) {
        self.prefix = prefix
        self.paths = paths
        self.members = members
        self.defaultHeaders = defaultHeaders
        self.betas = betas
        self.mediaAsBytes = mediaAsBytes
    }

    /// - Parameter values: of `anthropic-beta`, as a client sent them.
    /// - Returns: those that are taken, and those that would make the provider refuse the call.
    public func sorted(betas values: String) -> (taken: [String], unknown: [String]) {
        let all = values.split(separator: ",").map { String($0.trimmingPrefix { $0 == " " }) }
        guard let betas else { return (all, []) }
        let taken = all.filter { value in betas.contains { value.hasPrefix($0) } }
        return (taken, all.filter { !taken.contains($0) })
    }
}
