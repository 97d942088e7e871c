import AsyncAlgorithms
import Config
import Credentials
import Logging
import Plan
import Proxy
import UnixSignals

/// Brings changes of the configuration file and of the key store to the data plane: within half a second, or at once
/// on SIGHUP.
struct Reloader {
    let source: ConfigurationSource
    let dataPlane: DataPlane
    let records: Records
    let tokens: AccessTokens
    let limits: LimitKeeper
    let health: HealthReport
    let requests: ReloadRequests
    let signals: UnixSignalsSequence
    let logger: Logger

    private enum Wake { case look, reload }

    func run() async throws {
        let looks = AsyncTimerSequence(interval: .milliseconds(500), clock: .continuous).map { _ in Wake.look }
        let signals = signals.map { _ in Wake.reload }
        let asked = requests.stream.map { _ in Wake.look }
        defer { requests.close() }
        for try await wake in merge(looks, signals, asked) {
            let waiting = requests.take()
            let change = source.refresh(always: wake == .reload)
            health.note(change, file: source.current.file)
            await apply(change)
            for waiting in waiting { waiting.resume() }
        }
    }

    private func apply(_ change: ConfigurationSource.Change) async {
        if let reason = change.refused {
            logger.error("the new configuration is refused, the last good one stays", metadata: ["error": "\(reason)"])
        }
        guard let configuration = change.installed else { return }
        do {
            try records.install(configuration)
        } catch {
            logger.error("the new redaction is refused, the last one stays", metadata: ["error": "\(error)"])
        }
        if let tls = configuration.snapshot.server.tls {
            do {
                try dataPlane.certificates.reload(tls)
            } catch {
                logger.error("the new certificate is refused, the last one stays", metadata: ["error": "\(error)"])
            }
        }
        tokens.install(configuration.snapshot.tokenGrants)
        limits.install(configuration.snapshot)
        await dataPlane.install(configuration.snapshot)
        logger.info("reloaded", metadata: ["changed": "\(change.reason)"])
    }
}
