public import Core
import Wire

extension Snapshot {
    /// What every provider is asked, where the configuration wants it. One whose credential must be made or signs each
    /// call is asked without: that it answers is enough.
    public var healthChecks: [HealthCheck] {
        guard let health else { return [] }
        return providers.map { provider in
            HealthCheck(
                provider: provider.name, url: "\(provider.origin)\(provider.basePath)\(health.path)",
                fields: provider.headers.map { ($0.name, Secret($0.value)) } + provider.proofFields,
                timeout: health.timeout)
        }
    }
}

extension Provider {
    fileprivate var proofFields: [(name: String, value: Secret)] {
        guard let credential = credentials.first, case .key = credential.proof else { return [] }
        let secret = credential.secret.reveal()
        switch kind.credential {
        case .bearer: return [("authorization", Secret("Bearer \(secret)"))]
        case .headers(let names): return names.map { ($0, credential.secret) }
        }
    }
}
