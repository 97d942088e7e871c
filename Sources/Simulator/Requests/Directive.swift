import Core
import NIOCore

/// What a model's word, `x-simulate` and the settings together make of one request.
struct Directive {
    let behaviour: Behaviour
    let fault: Fault?
    /// What all of the answer is drawn from.
    let seed: UInt64
    /// Tokens of text, where the behaviour does not say itself.
    let tokens: Int?
    let firstToken: TimeAmount
    let tokensPerSecond: Double?
    let eventPause: TimeAmount
    let unstreamedMax: TimeAmount?
    let chunkBytes: Int?
    let dripPause: TimeAmount

    static let dripTokens = 24
    static let dripBytes = 8

    /// - Parameters:
    ///   - bodySeed: the hash of the request.
    ///   - sequence: the number of the request at this server, for a `rate` without a seed.
    init(model: String, header: SimulateHeader, pace: SimulatorPace, bodySeed: UInt64, sequence: UInt64) {
        behaviour = Behaviour(rawValue: model) ?? .lorem
        seed = header.seed ?? bodySeed
        let asked = header.fault ?? Fault(word: model)
        fault = Self.decides(header, bodySeed: bodySeed, sequence: sequence) ? asked : nil
        let isDrip = fault == .slowDrip
        tokens = header.tokens ?? (isDrip ? Self.dripTokens : nil)
        chunkBytes = header.chunkBytes ?? (isDrip ? Self.dripBytes : nil)
        dripPause = .milliseconds(isDrip ? Int64(pace.dripMilliseconds) : 0)
        firstToken = .milliseconds(Int64(header.firstTokenMilliseconds ?? pace.firstTokenMilliseconds))
        // A megabyte at the pace of a demo would take twenty minutes.
        tokensPerSecond = header.tokensPerSecond ?? (fault == .big ? nil : pace.tokensPerSecond)
        eventPause = .milliseconds(Int64(header.eventMilliseconds ?? pace.eventMilliseconds))
        let asksForPace = header.firstTokenMilliseconds != nil || header.tokensPerSecond != nil
        unstreamedMax = asksForPace ? nil : .milliseconds(Int64(pace.unstreamedMillisecondsMax))
    }

    /// Whether this request gets its fault: always without a rate; else drawn from the seed and the request, or
    /// from the request's number.
    private static func decides(_ header: SimulateHeader, bodySeed: UInt64, sequence: UInt64) -> Bool {
        guard let rate = header.rate else { return true }
        var random = RandomSource(seed: header.seed.map { Seed.mix($0, bodySeed) } ?? sequence)
        return Double.random(in: 0..<1, using: &random) < rate
    }

    /// How long so many tokens take.
    func time(tokens: Int) -> TimeAmount {
        guard let tokensPerSecond else { return .zero }
        return .nanoseconds(Int64(Double(tokens) / tokensPerSecond * 1_000_000_000))
    }

    /// How long an answer in one piece takes.
    func unstreamedTime(tokens: Int) -> TimeAmount {
        let time = firstToken + time(tokens: tokens)
        return unstreamedMax.map { min($0, time) } ?? time
    }
}
