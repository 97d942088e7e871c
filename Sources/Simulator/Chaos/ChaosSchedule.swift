import Core

/// When and how a simulated provider fails, so that a team can rehearse it. Pure: the time is passed in, and what it
/// meets is drawn from its seed and the number of the call, so that a rehearsal can be repeated.
public struct ChaosSchedule: Sendable, Equatable {
    public var phases: [ChaosPhase]
    public var seed: UInt64

    public init(phases: [ChaosPhase] = [], seed: UInt64 = 1) {
        self.phases = phases
        self.seed = seed
    }

    /// Writes what the phases want into what a call asks for. What the call says itself in `x-simulate`, or by its
    /// model's word, stays: a rehearsal disturbs no test beside it.
    ///
    /// - Parameters:
    ///   - elapsed: nanoseconds since the server's start.
    ///   - sequence: the number of the call.
    func apply(
        to header: inout SimulateHeader, model: String, pace: SimulatorPace, elapsed: Int64, sequence: UInt64
    ) {
        guard !phases.isEmpty else { return }
        var random = RandomSource(seed: Seed.mix(seed, sequence))
        var change = SimulateHeader()
        for phase in phases {
            // Every phase draws, so that one that comes and goes does not change what the others meet.
            let draw = Double.random(in: 0..<1, using: &random)
            guard let intensity = phase.intensity(at: elapsed), phase.model ?? model == model else { continue }
            let isSlowing = phase.firstTokenMilliseconds != nil || phase.tokensPerSecond != nil
            // A ramp of a phase that slows down grows in how slow, and not in how many.
            guard draw < phase.rate * (isSlowing ? 1 : intensity) else { continue }
            change.fault = change.fault ?? phase.fault
            if let target = phase.firstTokenMilliseconds {
                let usual = Double(pace.firstTokenMilliseconds)
                let slowed = Int(usual + (Double(target) - usual) * intensity)
                change.firstTokenMilliseconds = max(change.firstTokenMilliseconds ?? 0, slowed)
            }
            if let target = phase.tokensPerSecond {
                let secondsPerToken = intensity / target + (1 - intensity) / (pace.tokensPerSecond ?? .infinity)
                change.tokensPerSecond = min(change.tokensPerSecond ?? .infinity, 1 / secondsPerToken)
            }
        }
        if header.fault == nil, Fault(word: model) == nil, let fault = change.fault {
            header.fault = fault
            header.rate = nil
        }
        header.firstTokenMilliseconds = header.firstTokenMilliseconds ?? change.firstTokenMilliseconds
        header.tokensPerSecond = header.tokensPerSecond ?? change.tokensPerSecond
    }
}
