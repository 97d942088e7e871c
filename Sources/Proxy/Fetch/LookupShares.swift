import Core
import Synchronization

/// Shares the threads that look up hosts of clients' URLs among the keys, for all loops. A lookup cannot be stopped:
/// were a key to have all the threads, names that never answer would keep every other key's files away.
final class LookupShares: Sendable {
    private let shares: Mutex<FairShares<@Sendable () -> Void>>

    init(threads: Int = Limits.fetchResolverThreads, perKey: Int = Limits.fetchLookupsPerKeyMax) {
        shares = Mutex(FairShares(total: threads, perOwner: perKey))
    }

    /// Runs it when there is a thread for this key, and counts it until `end`.
    func begin(for key: String?, _ lookup: @escaping @Sendable () -> Void) {
        shares.withLock { $0.add(lookup, of: key) }
        fill()
    }

    func end(for key: String?) {
        shares.withLock { $0.end(of: key) }
        fill()
    }

    private func fill() {
        while let lookup = shares.withLock({ $0.next() }) { lookup() }
    }
}
