import Admin
import Config
import Core
import Foundation
import Observability
import Plan
import Policy
import Proxy
import Stores

/// Puts the admin plane together, and its first token.
enum AdminWiring {
    static func plane(
        _ source: ConfigurationSource, _ records: Records, _ dataPlane: DataPlane,
        _ limits: LimitKeeper, _ reloads: ReloadRequests, _ sessions: any SessionStore, _ health: HealthReport,
        droppedLogBuffers: @escaping @Sendable () -> Int
    ) -> AdminPlane {
        AdminPlane(
            records: records.store, feedback: records.store, spans: records.store, keys: source.store,
            store: source.store, sessions: sessions,
            metrics: records.metrics,
            tail: records.tail, node: ProcessInfo.processInfo.hostName, version: Version.number,
            configuration: { source.current },
            gauges: {
                let load = await dataPlane.load()
                var gauges = MetricGauges()
                gauges.inFlight = load.inFlight
                gauges.connections = dataPlane.connectionCount
                gauges.pools = load.pools.sorted { $0.key < $1.key }.map { name, pool in
                    MetricGauges.Pool(provider: name, used: pool.used, idle: pool.idle, waiting: pool.waiting)
                }
                gauges.targets = load.targets.map { target in
                    MetricGauges.Target(
                        name: target.name, inFlight: target.inFlight, ejectedFor: target.ejectedFor)
                }
                gauges.overload.targets = load.targets.map { target in
                    OverloadMetrics.Target(name: target.name, limit: target.limit, waiting: target.waiting)
                }
                gauges.overload.shed = load.shed
                gauges.overload.memory = load.memory
                gauges.recorder = records.recorder.status
                gauges.recorder.droppedBodies += load.droppedAnswers
                gauges.exports = records.exports.statuses
                gauges.limits.reports = limits.reports()
                gauges.limits.counts = limits.table.statistics
                gauges.droppedLogBuffers = droppedLogBuffers()
                return gauges
            },
            limits: { limits.reports() },
            health: { health.current }, disk: { health.disk },
            headroom: {
                await dataPlane.headroom(of: source.current.snapshot.providers).flatMap { account in
                    account.levels.map { level in
                        ProviderHeadroom(
                            provider: account.provider, model: account.model, credential: account.credential,
                            unit: level.unit, limit: level.limit, remaining: level.remaining, resetsIn: level.resetsIn)
                    }
                }
            },
            settleRecords: {
                await dataPlane.flushRecords()
                await records.recorder.settle()
            }, apply: { await reloads.ask() })
    }

    private static let environmentName = "environment"

    /// The token of `HEADGATE_ADMIN_TOKEN` counts; without it, one is made when there is none.
    /// - Returns: the token that was made, to be shown once.
    static func ensureToken(_ store: any AdminStore) throws -> String? {
        do throws(StoreError) {
            if let token = ProcessInfo.processInfo.environment["HEADGATE_ADMIN_TOKEN"], !token.isEmpty {
                guard Limits.tokenCharacters.contains(token.utf8.count) else {
                    throw StoreError.unavailable(
                        "HEADGATE_ADMIN_TOKEN must have \(Limits.tokenCharacters.lowerBound) to "
                            + "\(Limits.tokenCharacters.upperBound) characters.")
                }
                try store.set(
                    AdminToken(name: environmentName, role: .admin, digest: TokenDigest.of(token: token).hexadecimal))
                return nil
            }
            // A token that the environment no longer has is no longer good.
            try store.removeAdminTokens(named: environmentName)
            guard try store.adminTokens().isEmpty else { return nil }
            let made = MadeToken()
            try store.set(AdminToken(name: "first", role: .admin, digest: made.stored.digest))
            return made.reveal()
        } catch {
            throw Failure(error.explanation)
        }
    }
}
