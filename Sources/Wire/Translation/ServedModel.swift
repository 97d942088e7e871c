/// A model as a provider serves it.
public struct ServedModel: Sendable {
    /// What the provider is told: on Azure the name of a deployment.
    public let name: String
    /// What everybody calls it: by this is known what it takes.
    public let knownName: String
    /// What it takes as bytes only, though its format has a word for URLs.
    public let mediaAsBytes: Set<MediaType.Kind>

    /// - Parameter knownName: nil: the provider calls it that too.
    public init(_ name: String, knownAs knownName: String? = nil, mediaAsBytes: Set<MediaType.Kind> = []) {
        self.name = name
        self.knownName = knownName ?? name
        self.mediaAsBytes = mediaAsBytes
    }
}
