import Core
import Plan
import Policy
import Synchronization

/// Which of the providers' keys rest, for all loops together: a key that one loop found exhausted is so for all.
final class CredentialHealth: Sendable {
    /// A key rests for one model, whose limits it has reached, or altogether.
    private struct Name: Hashable {
        /// Two accounts may have the same text as their key, such as a placeholder.
        let provider: String
        let secret: Secret
        let model: String?
    }

    /// Few: only keys that failed are here.
    private let resting = Mutex<[Name: CredentialChoice.Rest]>([:])
    private let count = Atomic<Int>(0)

    /// The place of the key to use; nil for a provider without keys.
    func choose(from provider: Provider, model: String, now: Int64, random: UInt64) -> Int? {
        if provider.credentials.count < 2 { return provider.credentials.isEmpty ? nil : 0 }
        return CredentialChoice.index(of: states(of: provider, model: model), now: now, random: random)
    }

    /// Until when none of the keys takes calls; nil: one does.
    func rest(of provider: Provider, model: String, now: Int64) -> CredentialChoice.Rest? {
        if count.load(ordering: .relaxed) == 0 { return nil }
        return CredentialChoice.rest(of: states(of: provider, model: model), now: now)
    }

    private func states(of provider: Provider, model: String) -> [CredentialChoice.State] {
        let credentials = provider.credentials
        if count.load(ordering: .relaxed) == 0 { return credentials.map { CredentialChoice.State(weight: $0.weight) } }
        return resting.withLock { resting in
            credentials.map { credential in
                let all = resting[Name(provider: provider.name, secret: credential.secret, model: nil)]
                let own = resting[Name(provider: provider.name, secret: credential.secret, model: model)]
                let rest = [all, own].compactMap { $0 }.max { $0.until < $1.until }
                return CredentialChoice.State(weight: credential.weight, rest: rest)
            }
        }
    }

    /// A call with this key has failed.
    /// - Parameters:
    ///   - place: of the key among the provider's.
    ///   - retryAfter: nanoseconds that the upstream asked for.
    func failed(
        _ place: Int, of provider: Provider, model: String, reason: FailureReason, retryAfter: Int64?, now: Int64
    ) {
        guard let rest = CredentialChoice.rest(after: reason, retryAfter: retryAfter, now: now) else { return }
        resting.withLock { resting in
            if resting.count >= Self.restsMax { resting = resting.filter { $0.value.until > now } }
            guard resting.count < Self.restsMax else { return }
            let name = Name(
                provider: provider.name, secret: provider.credentials[place].secret,
                model: reason == .rateLimited ? model : nil)
            resting[name] = rest
            count.store(resting.count, ordering: .relaxed)
        }
    }

    /// A call with this key was served.
    func succeeded(_ place: Int, of provider: Provider, model: String) {
        guard count.load(ordering: .relaxed) > 0 else { return }
        resting.withLock { resting in
            let secret = provider.credentials[place].secret
            resting[Name(provider: provider.name, secret: secret, model: nil)] = nil
            resting[Name(provider: provider.name, secret: secret, model: model)] = nil
            count.store(resting.count, ordering: .relaxed)
        }
    }

    /// Models with a `*` have any number of names.
    private static let restsMax = 10_000
}
