import AsyncAlgorithms
import Config
import Core
import Observability
import Plan
import Proxy

/// Asks the providers of the newest configuration, each in its time, and tells the data plane.
struct HealthKeeper {
    let source: ConfigurationSource
    let dataPlane: DataPlane
    let probe: HealthProbe

    /// Runs until it is cancelled.
    func keepUp() async {
        var nextAt: Int64 = 0
        let second: Int64 = 1_000_000_000
        for await _ in AsyncTimerSequence(interval: .seconds(1), clock: .continuous) {
            let now = WallClock.loopNanoseconds()
            let snapshot = source.current.snapshot
            guard let health = snapshot.health, now >= nextAt else { continue }
            nextAt = now + health.interval - second / 2
            await check(snapshot)
        }
    }

    private func check(_ snapshot: Snapshot) async {
        await withTaskGroup(of: Void.self) { checks in
            for check in snapshot.healthChecks {
                checks.addTask {
                    let isWell = await probe.isWell(check)
                    await dataPlane.note(provider: check.provider, isWell: isWell)
                }
            }
        }
    }
}
