public import Core
import Synchronization

/// Says once of each model in the log that its price is unknown. How many is in `headgate_unpriced_total`.
public final class UnpricedModels: RecordConsumer {
    private struct Model: Hashable {
        var provider: String
        var name: String
    }

    private let seen = Mutex<Set<Model>>([])
    private let log: OperationalLog

    /// Models that are told of; the names of a provider that takes any are the clients' own.
    static let modelsMax = 200

    public init(log: OperationalLog) { self.log = log }

    public func consume(_ records: [ExchangeRecord]) {
        for record in records {
            for attempt in record.attempts where attempt.cost == nil { note(attempt) }
        }
    }

    private func note(_ attempt: AttemptRecord) {
        let model = Model(provider: attempt.provider, name: attempt.upstreamModel)
        let isNew = seen.withLock { $0.count < Self.modelsMax && $0.insert(model).inserted }
        guard isNew else { return }
        var details = ["provider": attempt.provider, "kind": attempt.providerKind, "model": attempt.upstreamModel]
        details["served_model"] = attempt.servedModel
        log.warning("calls of this model have no known price; 'prices:' can say it, or an imported list", details)
    }
}
