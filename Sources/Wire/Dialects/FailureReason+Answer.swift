public import Core
public import NIOCore

/// Why a provider gave no answer, from its status and what it says.
///
/// The words and phrases are of one table for all providers: servers that copy a dialect, and those that pass on what
/// another one said, use each other's. What it says counts before the status, because providers hide what matters under
/// 400; what is not known counts by its status. It scans the body: it is meant for what failed, or looks like it, and
/// not for every good answer.
extension FailureReason {
    /// - Parameters:
    ///   - status: of the answer; that of a stream which tells of an error is 200.
    ///   - body: the answer, or the JSON of the event.
    ///   - errorType: what Bedrock says in `x-amzn-errortype`, and in a stream in `:exception-type`.
    /// - Returns: nil when it is no failure.
    public init?(status: Int, body: ByteBuffer, errorType: String? = nil) {
        var text = ProviderErrorText(body)
        text.addWord(errorType)
        let isGood = (200..<300).contains(status)
        if isGood, text.isEmpty { return nil }
        if let reason = FailureReason.said(text, status: status) {
            self = reason
        } else if isGood {
            return nil
        } else {
            self = FailureReason(status: status)
        }
    }

    /// By the status alone.
    public init(status: Int) {
        self =
            switch status {
            case 401, 403: .credential
            case 402: .quotaExhausted
            case 408, 504: .timeout
            case 413: .contextLength
            case 429: .rateLimited
            case 404: .missing
            // A conflict, a failure of the model or Groq's lack of room may pass.
            case 409, 424, 425, 498: .unavailable
            case 400..<500: .invalidRequest
            default: .unavailable
            }
    }

    private static func said(_ text: ProviderErrorText, status: Int) -> FailureReason? {
        func says(_ phrases: [String]) -> Bool { phrases.contains { text.message.contains($0) } }
        func isOne(_ words: Set<String>) -> Bool { text.words.contains { words.contains($0) } }
        if text.isDailyQuota || isOne(quotaWords) || says(quotaPhrases) { return .quotaExhausted }
        // One call that is larger than a limit of its tokens a minute never fits.
        if says(["request too large for"]) || isOne(lengthWords) { return .contextLength }
        // "Too many tokens, please wait" is a limit's.
        if status == 429 || isOne(rateWords) { return .rateLimited }
        if isOne(filterWords) { return .contentFilter }
        if status < 500 {
            if says(lengthPhrases) { return .contextLength }
            if says(filterPhrases) { return .contentFilter }
        }
        if isOne(credentialWords) { return .credential }
        if isOne(timeoutWords) { return .timeout }
        if isOne(missingWords) { return .missing }
        if isOne(unavailableWords) { return .unavailable }
        return isOne(invalidWords) && (200..<300).contains(status) ? .invalidRequest : nil
    }

    private static let quotaWords: Set<String> = [
        "insufficient_quota", "billing_hard_limit_reached", "credit_balance_exhausted", "billing_not_active",
        "billing_error", "payment_required",
    ]
    /// Anthropic's two, DeepSeek's, OpenRouter's and xAI's.
    private static let quotaPhrases = [
        "credit balance is too low", "specified api usage limits", "insufficient balance", "insufficient credits",
        "used all available credits",
    ]
    private static let lengthWords: Set<String> = [
        "context_length_exceeded", "exceed_context_size_error", "request_too_large",
    ]
    private static let lengthPhrases = [
        // OpenAI, vLLM, Mistral; Responses; Anthropic; Gemini; Bedrock.
        "maximum context length", "reduce the length of the", "exceeds the context window", "prompt is too long",
        "exceed context limit", "exceeds the maximum number of tokens", "input is too long", "too many input tokens",
        "expected maxlength:",
        // Cohere, Ollama, xAI, llama.cpp, SGLang, text-generation-inference.
        "too many tokens: total number", "exceeds the context length", "maximum prompt length is",
        "exceeds the available context size", "longer than the model's context length",
        "`inputs` tokens + `max_new_tokens`",
    ]
    private static let rateWords: Set<String> = [
        "rate_limit_exceeded", "rate_limit_error", "resource_exhausted", "throttlingexception",
        "toomanyrequestsexception", "servicequotaexceededexception", "too_many_requests",
    ]
    private static let filterWords: Set<String> = [
        "content_filter", "content_policy_violation", "responsibleaipolicyviolation", "moderation_blocked",
        "invalid_prompt", "data_inspection_failed", "prohibited_content",
    ]
    private static let filterPhrases = [
        // Azure; Anthropic; OpenAI's pictures; xAI; OpenRouter.
        "content management policy", "content filtering policy", "our safety system", "violates usage guidelines",
        "input was flagged",
    ]
    private static let credentialWords: Set<String> = [
        "invalid_api_key", "api_key_invalid", "authentication_error", "permission_error", "unauthenticated",
        "permission_denied", "unrecognizedclientexception", "accessdeniedexception", "expiredtokenexception",
        "invalidsignatureexception",
    ]
    private static let timeoutWords: Set<String> = [
        "timeout_error", "deadline_exceeded", "modeltimeoutexception", "request_timeout",
    ]
    private static let unavailableWords: Set<String> = [
        "overloaded_error", "server_error", "api_error", "internal", "unavailable", "internalserverexception",
        "serviceunavailableexception", "modelnotreadyexception", "modelstreamerrorexception", "modelerrorexception",
    ]
    private static let missingWords: Set<String> = [
        "model_not_found", "not_found_error", "resourcenotfoundexception", "deploymentnotfound",
    ]
    private static let invalidWords: Set<String> = [
        "invalid_request_error", "invalid_argument", "validationexception",
    ]
}
