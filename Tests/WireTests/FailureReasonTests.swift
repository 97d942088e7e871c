import Core
import NIOCore
import Testing
import Wire

/// Errors as providers write them, and what they mean for the next attempt.
@Suite struct FailureReasonTests {
    private static func reason(_ status: Int, _ body: String, _ type: String? = nil) -> FailureReason? {
        FailureReason(status: status, body: ByteBuffer(string: body), errorType: type)
    }

    @Test(
        arguments: [
            (
                400,
                #"{"error":{"message":"This model's maximum context length is 128000 tokens. However, your messages resulted in 140000 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#,
                .contextLength
            ),
            (
                400,
                #"{"error":{"message":"Your input exceeds the context window of this model.","type":"invalid_request_error","code":null}}"#,
                .contextLength
            ),
            (
                429,
                #"{"error":{"message":"Request too large for gpt-4o in organization org-1 on tokens per min (TPM): Limit 30000, Requested 40000.","type":"tokens","code":"rate_limit_exceeded"}}"#,
                .contextLength
            ),
            (
                429,
                #"{"error":{"message":"Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29000.","type":"tokens","code":"rate_limit_exceeded"}}"#,
                .rateLimited
            ),
            (
                429,
                #"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#,
                .quotaExhausted
            ),
            (
                400,
                #"{"error":{"message":"Billing hard limit has been reached","type":"invalid_request_error","code":"billing_hard_limit_reached"}}"#,
                .quotaExhausted
            ),
            (
                400,
                #"{"error":{"code":"content_policy_violation","message":"Your request was rejected as a result of our safety system.","type":"image_generation_user_error"}}"#,
                .contentFilter
            ),
            (
                404,
                #"{"error":{"message":"The model `gpt-9` does not exist","type":"invalid_request_error","code":"model_not_found"}}"#,
                .missing
            ),
            (
                401,
                #"{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","code":"invalid_api_key"}}"#,
                .credential
            ),
            (
                400,
                #"{"error":{"message":"Unrecognized request argument supplied: foo","type":"invalid_request_error","code":null}}"#,
                .invalidRequest
            ),
            (500, #"{"error":{"message":"The server had an error","type":"server_error","code":null}}"#, .unavailable),
            (503, "<html>Service Unavailable</html>", .unavailable), (504, "", .timeout), (408, "", .timeout),
            (
                200,
                #"{"type":"response.failed","response":{"status":"failed","error":{"code":"rate_limit_exceeded","message":"x"}}}"#,
                .rateLimited
            ),
            (200, #"{"type":"error","code":"server_error","message":"x","param":null}"#, .unavailable),
        ] as [(Int, String, FailureReason)]) func ofOpenAI(_ status: Int, _ body: String, _ expected: FailureReason)
    {
        #expect(Self.reason(status, body) == expected)
    }

    @Test(
        arguments: [
            (
                400,
                #"{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,"severity":"high"}}}}}"#,
                .contentFilter
            ),
            (
                400, #"{"error":{"code":null,"message":"x","innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#,
                .contentFilter
            ),
            (
                404,
                #"{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}"#,
                .missing
            ),
            (
                429,
                #"{"error":{"code":"429","message":"Requests have exceeded call rate limit of your current pricing tier."}}"#,
                .rateLimited
            ),
        ] as [(Int, String, FailureReason)]) func ofAzure(_ status: Int, _ body: String, _ expected: FailureReason)
    {
        #expect(Self.reason(status, body) == expected)
    }

    @Test(
        arguments: [
            (
                400,
                #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
                .contextLength
            ),
            (
                400,
                #"{"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"}}"#,
                .contextLength
            ),
            (
                413,
                #"{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#,
                .contextLength
            ),
            (
                400,
                #"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}"#,
                .quotaExhausted
            ),
            (
                400,
                #"{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}"#,
                .contentFilter
            ),
            (
                400,
                #"{"type":"error","error":{"type":"invalid_request_error","message":"messages: at least one message is required"}}"#,
                .invalidRequest
            ),
            (529, #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, .unavailable),
            (200, #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, .unavailable),
            (
                429,
                #"{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed the rate limit for your organization of 20,000 input tokens per minute."}}"#,
                .rateLimited
            ),
            (404, #"{"type":"error","error":{"type":"not_found_error","message":"model: claude-9"}}"#, .missing),
            (403, #"{"type":"error","error":{"type":"permission_error","message":"x"}}"#, .credential),
        ] as [(Int, String, FailureReason)]) func ofAnthropic(_ status: Int, _ body: String, _ expected: FailureReason)
    {
        #expect(Self.reason(status, body) == expected)
    }

    @Test(
        arguments: [
            (
                400,
                #"{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}"#,
                .contextLength
            ),
            (
                400,
                #"[{"error":{"code":400,"message":"The input token count exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}]"#,
                .contextLength
            ),
            (
                400,
                #"{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}"#,
                .credential
            ),
            (
                429,
                #"{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]},{"retryDelay":"18s"}]}}"#,
                .rateLimited
            ),
            (
                429,
                #"{"error":{"code":429,"message":"You exceeded your current quota","status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}]}}"#,
                .quotaExhausted
            ),
            (503, #"{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}"#, .unavailable),
            (504, #"{"error":{"code":504,"message":"Deadline expired","status":"DEADLINE_EXCEEDED"}}"#, .timeout),
            (
                400, #"{"error":{"code":400,"message":"Invalid value at 'contents'","status":"INVALID_ARGUMENT"}}"#,
                .invalidRequest
            ),
            (
                200, #"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":4}}"#,
                .contentFilter
            ),
        ] as [(Int, String, FailureReason)]) func ofGemini(_ status: Int, _ body: String, _ expected: FailureReason)
    {
        #expect(Self.reason(status, body) == expected)
    }

    @Test(
        arguments: [
            (400, #"{"message":"Input is too long for requested model."}"#, "ValidationException", .contextLength),
            (
                400, #"{"message":"The provided model identifier is invalid."}"#,
                "ValidationException:http://internal.amazon.com/coral/", .invalidRequest
            ),
            (
                429, #"{"message":"Too many tokens, please wait before trying again."}"#, "ThrottlingException",
                .rateLimited
            ),
            (
                400, #"{"__type":"com.amazon.coral.service#ThrottlingException","Message":"Rate exceeded"}"#, nil,
                .rateLimited
            ),
            (408, #"{"message":"Model timed out"}"#, "ModelTimeoutException", .timeout),
            (
                503, #"{"message":"Bedrock is unable to process your request."}"#, "ServiceUnavailableException",
                .unavailable
            ),
            (424, #"{"message":"x","originalStatusCode":500}"#, "ModelErrorException", .unavailable),
            (
                403, #"{"message":"You don't have access to the model with the specified model ID."}"#,
                "AccessDeniedException", .credential
            ),
            (200, #"{"message":"Too many requests"}"#, "throttlingException", .rateLimited),
        ] as [(Int, String, String?, FailureReason)])
    func ofBedrock(_ status: Int, _ body: String, _ type: String?, _ expected: FailureReason) {
        #expect(Self.reason(status, body, type) == expected)
    }

    @Test(
        arguments: [
            // Cohere, Ollama, vLLM, llama.cpp, Mistral, SGLang, OpenRouter, DeepSeek, xAI, Groq.
            (
                400,
                #"{"id":"1","message":"too many tokens: total number of tokens in the prompt cannot exceed 128000 - received 130000."}"#,
                .contextLength
            ),
            (
                429, #"{"message":"You are using a Trial key, which is limited to 10 API calls / minute."}"#,
                .rateLimited
            ),
            (404, #"{"error":"model 'llama9' not found"}"#, .missing),
            (400, #"{"error":"the input length exceeds the context length"}"#, .contextLength),
            (
                400,
                #"{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.","type":"BadRequestError","param":null,"code":400}"#,
                .contextLength
            ),
            (
                400,
                #"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}"#,
                .contextLength
            ),
            (
                400,
                #"{"object":"error","message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length","type":"invalid_request_error"}"#,
                .contextLength
            ),
            (
                400,
                #"{"object":"error","message":"The input (9000 tokens) is longer than the model's context length (8192 tokens)."}"#,
                .contextLength
            ),
            (
                502,
                #"{"error":{"code":502,"message":"Provider returned error","metadata":{"raw":"{\"error\":{\"message\":\"upstream\"}}","provider_name":"x"}}}"#,
                .unavailable
            ),
            (
                400,
                #"{"error":{"code":400,"message":"Provider returned error","metadata":{"raw":"prompt is too long: 3 > 2"}}}"#,
                .contextLength
            ),
            (
                403,
                #"{"error":{"code":403,"message":"Your chosen model requires moderation and your input was flagged"}}"#,
                .contentFilter
            ),
            (
                402,
                #"{"error":{"message":"Insufficient Balance","type":"unknown_error","code":"invalid_request_error"}}"#,
                .quotaExhausted
            ),
            (
                400,
                #"{"error":"This model's maximum prompt length is 131072 but the request contains 537812 tokens."}"#,
                .contextLength
            ),
            (
                413,
                #"{"error":{"message":"Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 9000","type":"tokens","code":"rate_limit_exceeded"}}"#,
                .contextLength
            ),
            (498, #"{"error":{"message":"Flex tier capacity exceeded"}}"#, .unavailable),
        ] as [(Int, String, FailureReason)]) func ofOthers(_ status: Int, _ body: String, _ expected: FailureReason)
    {
        #expect(Self.reason(status, body) == expected)
    }

    @Test(arguments: [
        #"{"id":"1","object":"chat.completion","choices":[{"message":{"content":"prompt is too long"}}]}"#,
        #"{"type":"message","content":[{"type":"text","text":"overloaded_error"}],"stop_reason":"end_turn"}"#,
        #"{"candidates":[{"content":{"parts":[{"text":"a"}]}}],"promptFeedback":{"blockReason":"SAFETY"}}"#,
        #"{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"end_turn"}"#,
        #"{"model":"llama","message":{"role":"assistant","content":"input is too long"},"done":true}"#,
        #"{"id":"r","object":"response","error":null,"output":[],"status":"completed"}"#, "", "pong",
    ]) func aGoodAnswerIsNoFailure(_ body: String) {
        #expect(Self.reason(200, body) == nil)
    }

    /// An answer that a person wrote into an error does not decide where its words are exact.
    @Test func anErrorOfTheServerIsNoMatterOfLength() {
        let body = #"{"error":{"message":"crashed: maximum context length lookup failed","type":"server_error"}}"#
        #expect(Self.reason(500, body) == .unavailable)
    }
}
