public import Core
public import NIOCore

/// How many tokens a request would have, where nobody who serves its model counts them.
public enum CountEstimate {
    /// - Parameter endpoint: at which it is asked.
    /// - Returns: the answer, in the format of that endpoint.
    /// - Throws: for a body that is no request of the endpoint.
    public static func answer(
        _ body: ByteBuffer, _ endpoint: EndpointKind
    ) throws(GatewayError) -> ByteBuffer {
        do throws(TranslationError) {
            _ = try CountedRequest.read(body, endpoint)
        } catch {
            throw GatewayError(.invalidRequest, "\(error.member): \(error.message).", parameter: error.member)
        }
        return CountTranslation.answer(tokens: UsageEstimate.inputTokens(of: body), endpoint)
    }
}
