import Core
import Plan
import Policy
import Synchronization

/// Which of the providers' keys rest, for all loops together: a key that one loop found exhausted is so for all.
final class CredentialHealth: Sendable {
    /// A key rests for one model, whose limits it has reached, or altogether.
    private struct Name: Hashable {
        let secret: Secret
        let model: String?
    }

    /// Few: only keys that failed are here.
    private let resting = Mutex<[Name: CredentialChoice.Rest]>([:])
    private let count = Atomic<Int>(0)

    /// The place of the key to use; nil for a provider without keys.
    func choose(from credentials: [Provider.Credential], model: String, now: Int64, random: UInt64) -> Int? {
        if credentials.count < 2 { return credentials.isEmpty ? nil : 0 }
        return CredentialChoice.index(of: states(of: credentials, model: model), now: now, random: random)
    }

    /// Until when none of the keys takes calls; nil: one does.
    func rest(of credentials: [Provider.Credential], model: String, now: Int64) -> CredentialChoice.Rest? {
        if count.load(ordering: .relaxed) == 0 { return nil }
        return CredentialChoice.rest(of: states(of: credentials, model: model), now: now)
    }

    private func states(of credentials: [Provider.Credential], model: String) -> [CredentialChoice.State] {
        if count.load(ordering: .relaxed) == 0 { return credentials.map { CredentialChoice.State(weight: $0.weight) } }
        return resting.withLock { resting in
            credentials.map { credential in
                let all = resting[Name(secret: credential.secret, model: nil)]
                let own = resting[Name(secret: credential.secret, model: model)]
                let rest = [all, own].compactMap { $0 }.max { $0.until < $1.until }
                return CredentialChoice.State(weight: credential.weight, rest: rest)
            }
        }
    }

    /// A call with this key has failed.
    /// - Parameter retryAfter: nanoseconds that the upstream asked for.
    func failed(
        _ credential: Provider.Credential, model: String, reason: FailureReason, retryAfter: Int64?, now: Int64
    ) {
        guard let rest = CredentialChoice.rest(after: reason, retryAfter: retryAfter, now: now) else { return }
        resting.withLock { resting in
            if resting.count >= Self.restsMax { resting = resting.filter { $0.value.until > now } }
            guard resting.count < Self.restsMax else { return }
            resting[Name(secret: credential.secret, model: reason == .rateLimited ? model : nil)] = rest
            count.store(resting.count, ordering: .relaxed)
        }
    }

    /// A call with this key was served.
    func succeeded(_ credential: Provider.Credential, model: String) {
        guard count.load(ordering: .relaxed) > 0 else { return }
        resting.withLock { resting in
            resting[Name(secret: credential.secret, model: nil)] = nil
            resting[Name(secret: credential.secret, model: model)] = nil
            count.store(resting.count, ordering: .relaxed)
        }
    }

    /// Models with a `*` have any number of names.
    private static let restsMax = 10_000
}
