import Core
public import NIOCore

/// Fills in what a provider did not get to say, because its answer was cut, or never says.
///
/// The rule, for both directions: four ASCII characters are a token, and one and a half others (`ContentWeight`).
/// Input is estimated from the texts of the request, without the words of the protocol and without files; output
/// from the texts of the answer, the same streamed and unstreamed, and never above what the request allowed.
/// What the provider said is never lowered, a stated nothing is no gap, and an answer without content, such as an
/// error, is not estimated.
public enum UsageEstimate {
    /// - Parameters:
    ///   - request: the body as it was sent.
    ///   - maxOutputTokens: the most that the request allowed.
    public static func complete(
        _ observation: AnswerObservation, request: ByteBuffer, maxOutputTokens: Int?
    ) -> AnswerObservation {
        guard observation.sawContent, !observation.sawError || observation.content != ContentWeight() else {
            return observation
        }
        var result = observation
        let seen = min(observation.content.tokens, maxOutputTokens.map { max(0, $0) } ?? .max)
        switch observation.usageSource {
        case .none:
            result.usage.inputUncached = inputTokens(of: request)
            result.usage.output = seen
            result.usageSource = .estimated
        case .provider where observation.usageIsPartial && seen > observation.usage.outputTotal:
            result.usage.output += seen - observation.usage.outputTotal
            result.usageSource = .estimated
        case .provider, .counted, .estimated: break
        }
        return result
    }

    /// The tokens of a request's texts; of a body that is no JSON, nothing is known.
    public static func inputTokens(of request: ByteBuffer) -> Int {
        request.withUnsafeReadableBytes { bytes in
            guard let body = JSONObjectView(bytes) else { return 0 }
            return ContentScale.weigh(body.bytes, by: .request).tokens
        }
    }
}
