/// A time in which a simulated provider is unwell.
public struct ChaosPhase: Sendable, Equatable {
    /// When it is, relative to the server's start.
    var span: ChaosSpan
    /// What goes wrong with the calls that it meets; nil: they are only slowed down.
    var fault: Fault?
    /// The share of calls that it meets, 0 to 1.
    var rate = 1.0
    /// What its calls wait for their first token; nil: as ever.
    var firstTokenMilliseconds: Int?
    /// The pace of its calls; nil: as ever.
    var tokensPerSecond: Double?
    /// It begins with nothing and grows evenly to what it says at its end.
    var ramps = false
    /// The only model that it meets; nil: all.
    var model: String?

    /// How long a slow provider takes for its first token in the end.
    static let slowMilliseconds = 10_000

    init(span: ChaosSpan) { self.span = span }

    /// Every call is answered with 503.
    public static func outage(_ span: ChaosSpan) -> ChaosPhase {
        var phase = ChaosPhase(span: span)
        phase.fault = .status(503)
        return phase
    }

    /// Every call is answered with 429 and a time to wait.
    public static func storm(_ span: ChaosSpan) -> ChaosPhase {
        var phase = ChaosPhase(span: span)
        phase.fault = .rateLimited(.seconds)
        return phase
    }

    /// First tokens come later and later, in the end after ten seconds.
    public static func slow(_ span: ChaosSpan) -> ChaosPhase {
        var phase = ChaosPhase(span: span)
        phase.firstTokenMilliseconds = slowMilliseconds
        phase.ramps = true
        return phase
    }

    /// How much of it there is, 0 to 1; nil outside it.
    ///
    /// - Parameter elapsed: nanoseconds since the server's start.
    func intensity(at elapsed: Int64) -> Double? {
        guard let place = span.place(at: elapsed) else { return nil }
        return ramps ? Double(place) / Double(span.length) : 1
    }
}

/// When a phase is, in nanoseconds since the server's start.
public struct ChaosSpan: Sendable, Equatable {
    var start: Int64
    var length: Int64
    /// From one beginning to the next; nil: it comes once.
    var period: Int64?

    static let lengthMax: Int64 = 30 * 86_400_000_000_000

    /// nil for a length of nothing, for one that is longer than its period, and for more than 30 days.
    init?(start: Int64, length: Int64, period: Int64?) {
        guard start >= 0, start <= ChaosSpan.lengthMax, (1...ChaosSpan.lengthMax).contains(length) else { return nil }
        if let period, !(length...ChaosSpan.lengthMax).contains(period) { return nil }
        self.start = start
        self.length = length
        self.period = period
    }

    /// The nanoseconds since its last beginning; nil outside it.
    func place(at elapsed: Int64) -> Int64? {
        guard elapsed >= start else { return nil }
        let since = elapsed - start
        let place = period.map { since % $0 } ?? since
        return place < length ? place : nil
    }
}
