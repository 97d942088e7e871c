import Core

/// The fixed bounds of reading a configuration, named with their units.
public enum ConfigLimits {
    /// Bytes of the file.
    public static let fileBytesMax = 4 * 1024 * 1024
    /// Levels of nesting of mappings and lists.
    public static let depthMax = 64
    /// Bytes that the file may stand for once its aliases and variables are expanded.
    public static let expandedBytesMax = 16 * 1024 * 1024
    /// Values that the file may have once its aliases are expanded.
    public static let expandedValuesMax = 300_000
    /// Errors that are reported; more are counted.
    public static let errorsMax = 100
    /// Mistaken duplicates of keys that are found in one pass.
    public static let duplicateKeysMax = 20
    /// Characters of a wrong value or name that an error repeats.
    public static let shownCharactersMax = 60
    /// Edits between an unknown word and a known one for it to be suggested.
    public static let suggestionEditsMax = 2
    /// Bytes of an unknown word that is compared with the known ones.
    public static let suggestionWordBytesMax = 64

    /// Bytes of the name of a provider, project or region.
    static let identifierBytesMax = 64
    /// Bytes of the name of a key.
    static let keyNameBytesMax = 128
    /// Bytes of a host's name (RFC 1035, 2.3.4).
    static let hostBytesMax = 253
    /// Ports that a server can be reached on.
    static let ports = 1...65535
    /// Weights of targets; at zero a target gets calls only when all are at zero.
    static let targetWeights = 0...1_000_000
    /// Priorities of targets.
    static let targetPriorities = 0...100
    /// Weights of a provider's keys.
    static let credentialWeights = 1...1_000_000
    /// Connections to one provider.
    static let providerConnections = 1...65536
    /// Connections to one provider when nothing is said.
    static let providerConnectionsDefault = 512
    /// Pico-dollars that one token, or one piece of anything, may cost: a thousand dollars.
    static let pricePicoDollarsMax: Int64 = 1_000_000_000_000_000
    /// Connections of clients.
    static let clientConnections = 1...1_000_000
    /// Bytes of a recorded body.
    static let recordedBody = 0...(64 * 1024 * 1024)
    /// Days of records.
    static let retentionDays = 1...3650
    /// Bytes of records.
    static let retentionBytes = (16 * 1024 * 1024)...(1 << 50)
    /// Attempts of one call.
    static let attempts = 1...20
    /// Calls that a breaker counts.
    static let breakerCalls = 1...1_000_000
    /// Calls at a time under a limit.
    static let concurrency = 1...1_000_000
    /// Calls that wait for a target.
    static let waitingCalls = 0...100_000
    /// Classes of priority.
    static let priorityClassesMax = 16
    /// Bytes of request bodies that are held.
    static let memory = (16 * 1024 * 1024)...(1 << 44)
    /// URLs of a request that are fetched.
    static let fetchedFiles = 1...Limits.fetchesPerLoopMax
    /// Requests or tokens of a limit.
    static let rateAmountMax: Int64 = 1_000_000_000_000
    /// Threads that serve the data plane.
    static let threads = 1...1024
}

/// Durations in nanoseconds, and the ranges that the file may ask for.
enum DurationLimits {
    static let millisecond: Int64 = 1_000_000
    static let second: Int64 = 1_000_000_000
    static let minute = 60 * second
    static let hour = 60 * minute
    static let day = 24 * hour

    /// Timeouts of upstream calls.
    static let timeouts = millisecond...day
    /// The server's own times.
    static let server = millisecond...hour
    /// Waits between attempts.
    static let backoff = millisecond...(5 * minute)
    /// Between two checks of a provider.
    static let healthInterval = second...day
    /// Waiting for room at a target.
    static let queue = millisecond...(10 * minute)
    /// Times of a breaker.
    static let breaker = (100 * millisecond)...hour
    /// Times in which a limit's amount comes back.
    static let rateWindows = second...(366 * day)
    /// Budgets' rolling periods.
    static let rollingPeriods = hour...(366 * day)
    /// Reading on for a client that left.
    static let drain = millisecond...hour
}
