import Core
import Plan
import Policy
import Synchronization

/// What the providers say of the limits of each account and model, for all loops together: traffic goes elsewhere or
/// waits before they have to refuse it.
final class AccountMirrors: Sendable {
    struct Name: Hashable {
        fileprivate let provider: String
        fileprivate let key: Secret?
        fileprivate let model: String

        init(_ provider: Provider, credential: Int?, model: String) {
            self.provider = provider.name
            key = credential.map { provider.credentials[$0].secret }
            self.model = model
        }
    }

    /// Only accounts whose answers told of limits are here.
    private let buckets = Mutex<[Name: MirrorBucket]>([:])
    private let count = Atomic<Int>(0)

    /// Nanoseconds until an account of the provider's has room for the call by what it said; nil: now, or nobody knows.
    func delay(_ provider: Provider, model: String, _ demand: MirrorBucket.Demand, now: Int64) -> Int64? {
        if count.load(ordering: .relaxed) == 0 { return nil }
        let places = provider.credentials.isEmpty ? [nil] : provider.credentials.indices.map { Optional($0) }
        return buckets.withLock { buckets in
            var least = Int64.max
            for place in places {
                guard let bucket = buckets[Name(provider, credential: place, model: model)],
                    let delay = bucket.delay(for: demand, now: now), delay > 0
                else { return nil }
                least = min(least, delay)
            }
            return least
        }
    }

    /// A call is sent.
    func begin(_ name: Name, _ demand: MirrorBucket.Demand) {
        if count.load(ordering: .relaxed) == 0 { return }
        buckets.withLock { $0[name]?.begin(demand) }
    }

    /// Its answer has begun, or will not come.
    func end(_ name: Name, _ demand: MirrorBucket.Demand) {
        if count.load(ordering: .relaxed) == 0 { return }
        buckets.withLock { $0[name]?.end(demand) }
    }

    func restate(_ name: Name, _ limits: ProviderLimits, now: Int64) {
        buckets.withLock { buckets in
            if buckets[name] == nil, buckets.count >= Self.bucketsMax { buckets.removeAll() }
            buckets[name, default: MirrorBucket()].restate(limits, now: now)
            count.store(buckets.count, ordering: .relaxed)
        }
    }

    /// What is known of the accounts of these providers; the place of the key tells which one.
    func headroom(_ providers: [Provider], now: Int64) -> [AccountHeadroom] {
        let known = buckets.withLock { $0 }
        return known.compactMap { name, bucket in
            guard let provider = providers.first(where: { $0.name == name.provider }) else { return nil }
            let place = name.key.flatMap { key in provider.credentials.firstIndex { $0.secret == key } }
            if name.key != nil && place == nil { return nil }
            return AccountHeadroom(
                provider: name.provider, model: name.model, credential: place, levels: bucket.headroom(now: now))
        }.sorted { ($0.provider, $0.model, $0.credential ?? 0) < ($1.provider, $1.model, $1.credential ?? 0) }
    }

    /// Models with a `*` have any number of names; what is forgotten is told again by the next answer.
    private static let bucketsMax = 10_000
}
