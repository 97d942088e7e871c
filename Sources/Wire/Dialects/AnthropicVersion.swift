public import Core
public import NIOCore

/// What the versions of Anthropic's API, dates all of them, refuse.
/// Source: Anthropic's "Migrate to API version 2026-10-21".
public enum AnthropicVersion {
    private static let withoutSampling = "2026-10-21"

    /// Refuses what the client's version does not know and another provider would take: a client that changes its
    /// provider must not find that its requests were wrong.
    /// - Parameter version: the field `anthropic-version`; nil: the first stable one is meant.
    public static func check(_ body: ByteBuffer, version: String?) throws(GatewayError) {
        guard let version, version >= withoutSampling else { return }
        let sampling: [StaticString] = ["temperature", "top_p", "top_k"]
        let refused = body.withUnsafeReadableBytes { bytes in
            JSONObjectView(bytes).flatMap { view in
                sampling.first { view.member($0).map { $0.kind != .null } ?? false }
            }
        }
        guard let refused else { return }
        throw GatewayError(
            .invalidRequest,
            "\(refused): Extra inputs are not permitted: 'anthropic-version: \(withoutSampling)' takes no sampling "
                + "parameters; 2023-06-01 does.", parameter: refused.description)
    }
}
