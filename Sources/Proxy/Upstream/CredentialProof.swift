import Core
import NIOCore
import Plan
import Wire

/// What shows a provider who asks, ready to be written into a request's head.
enum CredentialProof {
    case none
    case fields(ByteBuffer)
    case signature(AWSSigner)
}

extension LoopWorker {
    /// - Parameter place: of the provider's credential that was chosen; nil for a provider without.
    /// - Throws: `upstreamUnreachable` where it is worth a token that is not there.
    func proof(_ provider: Provider, _ upstream: Upstream, credential place: Int?) throws(GatewayError)
        -> CredentialProof
    {
        guard let place else { return .none }
        switch provider.credentials[place].proof {
        case .key: return .fields(upstream.credentialFields[place])
        case .signature(let signer): return .signature(signer)
        case .token(let grant):
            switch shared.tokens?.token(of: grant) ?? .failure(MissingToken("nothing asks for one")) {
            case .success(let token):
                var field = ByteBuffer()
                field.writeField("authorization", "Bearer \(token.reveal())")
                return .fields(field)
            case .failure(let missing):
                throw GatewayError(
                    .upstreamUnreachable, "There is no access token for '\(provider.name)': \(missing.reason).")
            }
        }
    }
}
