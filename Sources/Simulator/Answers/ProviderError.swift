/// An error as a provider tells it; the dialect gives it its form.
struct ProviderError: Error, Equatable {
    let status: Int
    let message: String
    var parameter: String?
    /// OpenAI's `code`.
    var code: String?
    /// OpenAI's `type`, where it is not what the status says.
    var openAIType: String?

    /// What a provider says with a status when it has nothing particular to say.
    init(status: Int) {
        self.status = status
        switch status {
        case 401:
            message = "Incorrect API key provided."
            code = "invalid_api_key"
        case 403: message = "Your account does not have access to this resource."
        case 404:
            message = "The model does not exist or you do not have access to it."
            code = "model_not_found"
        case 413: message = "Request exceeds the maximum size."
        case 429:
            message = "Rate limit reached for requests per min (RPM). Please try again later."
            code = "rate_limit_exceeded"
        case 529: message = "Overloaded"
        case 500...: message = "The server had an error while processing your request. Sorry about that!"
        default: message = "The simulator was asked for status \(status)."
        }
    }

    init(
        status: Int, message: String, parameter: String? = nil, code: String? = nil, openAIType: String? = nil
    ) {
        self.status = status
        self.message = message
        self.parameter = parameter
        self.code = code
        self.openAIType = openAIType
    }

    func body(_ dialect: SimulatedDialect, requestID: String) -> SimulatorJSON {
        switch dialect {
        case .openAI:
            [
                "error": [
                    "message": .string(message), "type": .string(openAIType ?? Self.openAIType(status)),
                    "param": SimulatorJSON(parameter), "code": SimulatorJSON(code),
                ]
            ]
        case .anthropic:
            [
                "type": "error",
                "error": ["type": .string(Self.anthropicType(status)), "message": .string(message)],
                "request_id": .string(requestID),
            ]
        case .gemini:
            [
                "error": [
                    "code": .integer(status), "message": .string(message), "status": .string(Self.geminiStatus(status)),
                ]
            ]
        case .bedrock: ["message": .string(message)]
        case .cohere: ["id": .string(requestID), "message": .string(message)]
        case .ollama: ["error": .string(message)]
        }
    }

    /// The names of Converse's errors.
    var bedrockType: String {
        switch status {
        case 401: "UnrecognizedClientException"
        case 403: "AccessDeniedException"
        case 404: "ResourceNotFoundException"
        case 408, 504: "ModelTimeoutException"
        case 424: "ModelErrorException"
        case 429: "ThrottlingException"
        case 502, 503, 529: "ServiceUnavailableException"
        case 500...: "InternalServerException"
        default: "ValidationException"
        }
    }

    private static func openAIType(_ status: Int) -> String {
        switch status {
        case 429: "requests"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }

    /// The words of `google.rpc.Code`.
    private static func geminiStatus(_ status: Int) -> String {
        switch status {
        case 401: "UNAUTHENTICATED"
        case 403: "PERMISSION_DENIED"
        case 404: "NOT_FOUND"
        case 408, 504: "DEADLINE_EXCEEDED"
        case 429: "RESOURCE_EXHAUSTED"
        case 502, 503, 529: "UNAVAILABLE"
        case 500...: "INTERNAL"
        default: "INVALID_ARGUMENT"
        }
    }

    /// The types of Anthropic's error table.
    private static func anthropicType(_ status: Int) -> String {
        switch status {
        case 401: "authentication_error"
        case 402: "billing_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 413: "request_too_large"
        case 429: "rate_limit_error"
        case 504: "timeout_error"
        case 529: "overloaded_error"
        case 500...: "api_error"
        default: "invalid_request_error"
        }
    }
}
