import Core
import Policy
import Synchronization

/// How much output calls of a key to a model usually have: what is reserved before a call. Bounded; past the bound all
/// others share one estimate.
final class OutputEstimates: Sendable {
    private let known = Mutex<[LimitKey: UsualOutput]>([:])
    private static let shared = LimitKey("", "")

    /// - Returns: tokens; nil: nothing is known yet.
    func tokens(key: String, model: String) -> Int64? {
        let place = LimitKey(key, model)
        return known.withLock { known in
            (known[place] ?? (known.count >= Limits.outputEstimatesMax ? known[Self.shared] : nil))?.tokens
        }
    }

    func observe(_ tokens: Int64, key: String, model: String) {
        let place = LimitKey(key, model)
        known.withLock { known in
            let isNew = known[place] == nil && known.count >= Limits.outputEstimatesMax
            known[isNew ? Self.shared : place, default: UsualOutput(first: tokens)].observe(tokens)
        }
    }
}
