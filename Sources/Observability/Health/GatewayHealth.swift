/// How the program itself does, beside what metrics tell.
public struct GatewayHealth: Sendable {
    /// A look at the configuration that found something to tell.
    public struct Reload: Sendable {
        /// Microseconds since 1970.
        public var at: Int64
        /// What had changed: `configuration`, or `store` where that was refused; other changes of it are not told.
        public var changed: String
        /// Why it was not taken; nil: it was.
        public var refused: String?

        public init(at: Int64, changed: String, refused: String?) {
            self.at = at
            self.changed = changed
            self.refused = refused
        }
    }

    /// Microseconds since 1970.
    public var startedAt: Int64 = 0
    /// SHA-256 of the configuration file, read right after it was taken, in hexadecimal digits; nil without a file.
    public var configurationDigest: String?
    /// The last ones, the oldest first.
    public var reloads: [Reload] = []
    /// What is refused now; nil: what was last read counts.
    public var refusal: Reload?

    public init() {}
}

/// What the data takes of its disk.
public struct DiskUse: Sendable {
    /// Bytes below the data directory.
    public var dataBytes: Int64 = 0
    /// Bytes that the disk still has room for; nil: it does not say.
    public var freeBytes: Int64?

    public init() {}
}
