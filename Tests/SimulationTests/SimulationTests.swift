import Foundation
import TestKit
import Testing

/// The whole data plane in virtual time, from seeds: `make sim SEED=n` tells one, `make sim SEEDS=n` runs many.
@Suite struct SimulationTests {
    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    /// A long run uses two cores; a usual one leaves the other tests their part of the processor.
    private static let shares = number("HEADGATE_SIM_SEEDS") == nil ? 1 : 2

    private static let seeds = number("HEADGATE_SIM_SEEDS") ?? 500
    private static let mustBeMet: Set = [
        "calls", "model", "tokens", "provider", "user", "total", "overload", "fallback budget", "fallback continued",
        "fallback error", "fallback http", "fallback model", "fallback provider", "fallback template",
    ]

    @Test(.enabled(if: number("HEADGATE_SIM_SEED") == nil), arguments: 0..<shares)
    func everyRuleHoldsForEverySeed(_ share: Int) async throws {
        var met: Set<String> = []
        for seed in 0..<Self.seeds where Int(seed) % Self.shares == share {
            await Task.yield()
            let world = try SimulationWorld.run(seed: seed)
            met.formUnion(world.met)
            #expect(world.violations.isEmpty, "make sim SEED=\(seed): \(world.violations.prefix(5))")
        }
        // Otherwise it would not test what it seems to; a few seeds cannot meet all.
        guard Self.seeds >= 500 else { return }
        let notMet = Self.mustBeMet.subtracting(met)
        #expect(notMet.isEmpty, "no seed met \(notMet.sorted())")
    }

    @Test(.enabled(if: number("HEADGATE_SIM_SEED") == nil)) func aSeedGivesTheSameRunAgain() async throws {
        for seed in UInt64(0)..<40 {
            await Task.yield()
            let (first, second) = (try SimulationWorld.run(seed: seed), try SimulationWorld.run(seed: seed))
            #expect(first.trace.digest == second.trace.digest, "seed \(seed)")
            #expect(first.trace.eventCount == second.trace.eventCount && first.loop.steps == second.loop.steps)
        }
    }

    @Test(.enabled(if: number("HEADGATE_SIM_SEED") != nil)) func tellsOneSeed() throws {
        let world = try SimulationWorld.run(seed: Self.number("HEADGATE_SIM_SEED") ?? 0) { print($0) }
        print("seed \(world.seed): \(world.callCount) calls, digest \(String(world.trace.digest, radix: 16))")
        for violation in world.violations { print("violation: \(violation)") }
        #expect(world.violations.isEmpty)
    }
}
