/// Whether first tokens come later than they usually do. Times count per token of input: long prompts take longer
/// everywhere.
struct FirstTokenTrend: Sendable {
    /// Tokens that stand for what every call takes, however short its prompt is.
    private static let fixedTokens = 512.0
    /// Observations before which nothing is said.
    private static let observationsMin = 100
    /// A delay that is smaller than this, in nanoseconds, is none, whatever it is a multiple of.
    private static let delayMin = 250_000_000.0

    /// Times the usual time from which on a limit falls, and at which one is set at all.
    static let noticed = 2.0
    static let overloaded = 3.0

    private var count = 0
    /// Nanoseconds per token: lately, and usually.
    private var lately = 0.0
    private var usually = 0.0
    private var tokens = 0.0

    mutating func observe(_ nanoseconds: Int64, inputTokens: Int) {
        let weight = Double(inputTokens) + Self.fixedTokens
        let time = Double(nanoseconds) / weight
        count += 1
        lately += (time - lately) / Double(min(count, 20))
        tokens += (weight - tokens) / Double(min(count, 20))
        usually += (time - usually) / Double(min(count, 1000))
        // What has become faster is measured by what it is now.
        if count >= Self.observationsMin, lately * 2 < usually { usually *= 0.95 }
    }

    func isSlow(times factor: Double) -> Bool {
        count >= Self.observationsMin && lately > usually * factor && (lately - usually) * tokens > Self.delayMin
    }

    /// How much of the load there is room for, from a half to all.
    var gradient: Double { lately > 0 ? min(1, max(0.5, usually * Self.noticed / lately)) : 1 }
}
