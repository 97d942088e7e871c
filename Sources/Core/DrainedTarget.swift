/// A target that somebody took out of service.
public struct DrainedTarget: Sendable, Equatable {
    /// `provider/model@region`.
    public var name: String
    /// Microseconds since 1970.
    public var since: Int64
    public var actor: String

    public init(name: String, since: Int64, actor: String) {
        self.name = name
        self.since = since
        self.actor = actor
    }
}
