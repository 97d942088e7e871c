/// What is known of a call that asks for room.
public struct WaitingCall: Sendable {
    /// The place of its class: 0 is the most important.
    public var priority: Int
    /// Among whom room is shared: a key, or a project.
    public var tenant: String
    /// Roughly what it takes, in and out.
    public var tokens: Int
    /// Nanoseconds that it may wait.
    public var waitMax: Int64

    public init(priority: Int, tenant: String, tokens: Int, waitMax: Int64) {
        self.priority = priority
        self.tenant = tenant
        self.tokens = tokens
        self.waitMax = waitMax
    }
}

/// The calls of one tenant that wait, the oldest first.
struct WaitingTenant<Waiter: Sendable>: Sendable {
    struct Entry: Sendable {
        let id: UInt64
        let waiter: Waiter
        let tokens: Int
        /// When it began to wait, in nanoseconds.
        let since: Int64
    }

    let name: String
    var entries: [Entry] = []
    /// Tokens that it may use before others of its class.
    var credit = 0
    private var standing = StandingQueue()
    /// Waiting has become the rule for it.
    private(set) var newestFirst = false

    init(name: String, entries: [Entry]) {
        self.name = name
        self.entries = entries
    }

    /// The place of the call that is its next.
    var next: Int { newestFirst ? entries.count - 1 : 0 }

    /// Takes out its next call.
    mutating func takeNext(at now: Int64, target: Int64) -> Entry {
        newestFirst = standing.isStanding(waited: now - entries[0].since, at: now, target: target)
        let entry = entries.remove(at: next)
        credit -= entry.tokens
        return entry
    }
}
