import Core
import Plan
import Policy
import Synchronization

/// Which of the providers' keys rest, for all loops together: a key that one loop found exhausted is so for all.
final class CredentialHealth: Sendable {
    /// The instants, in nanoseconds of the loops' clock, until which keys rest. Few: only keys that failed are here.
    private let resting = Mutex<[Secret: Int64]>([:])
    private let count = Atomic<Int>(0)

    /// The place of the key to use; nil for a provider without keys.
    func choose(from credentials: [Provider.Credential], now: Int64, random: UInt64) -> Int? {
        if credentials.count < 2 { return credentials.isEmpty ? nil : 0 }
        let states: [CredentialChoice.State]
        if count.load(ordering: .relaxed) == 0 {
            states = credentials.map { CredentialChoice.State(weight: $0.weight, restsUntil: 0) }
        } else {
            states = resting.withLock { resting in
                credentials.map { CredentialChoice.State(weight: $0.weight, restsUntil: resting[$0.secret] ?? 0) }
            }
        }
        return CredentialChoice.index(of: states, now: now, random: random)
    }

    /// Notes what an upstream's status says of a key.
    func note(_ credential: Provider.Credential, status: Int, retryAfterSeconds: Int?, now: Int64) {
        if let rest = CredentialChoice.rest(afterStatus: status, retryAfterSeconds: retryAfterSeconds) {
            resting.withLock { resting in
                resting[credential.secret] = now + rest
                count.store(resting.count, ordering: .relaxed)
            }
        } else if status < 400, count.load(ordering: .relaxed) > 0 {
            resting.withLock { resting in
                resting[credential.secret] = nil
                count.store(resting.count, ordering: .relaxed)
            }
        }
    }
}
