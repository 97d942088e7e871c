import Core

/// A call on its way out, with what all profiles ask of it.
struct ExportedCall {
    let record: ExchangeRecord
    /// nil: only what is no content may be told.
    let content: CallContent?

    /// - Parameter withContent: whether bodies may be told; they must be redacted then.
    init(_ record: ExchangeRecord, withContent: Bool) {
        self.record = record
        let tells = withContent && record.level == .full
        content = tells ? CallContent(request: record.requestBody, response: record.responseBody) : nil
    }

    /// What was done, in OpenTelemetry's words.
    var operation: String {
        switch record.endpoint {
        case "/v1/embeddings": "embeddings"
        case "/v1/completions": "text_completion"
        case "/v1/messages/count_tokens": "count_tokens"
        case let endpoint where endpoint.hasSuffix(":countTokens"): "count_tokens"
        case let endpoint where endpoint.lowercased().contains("embedcontent"): "embeddings"
        default: "chat"
        }
    }

    /// The operation and the model.
    var name: String { operation + (requestModel.map { " " + $0 } ?? "") }

    /// The attempt that answered, or failed last.
    var attempt: AttemptRecord? { record.attempts.last }

    /// What the client asked for.
    var requestModel: String? { record.model ?? attempt?.upstreamModel }

    var responseModel: String? { record.servedModel ?? attempt?.servedModel }

    /// nil where no attempt was made.
    var provider: String? { attempt.map { ProviderNames.name(ofKind: $0.providerKind) } }

    var finishReasons: [String] {
        let told = content?.output.compactMap(\.finishReason) ?? []
        return told.isEmpty ? record.finishReason.map { [$0] } ?? [] : told
    }

    /// Why it failed; nil for a client that left: nothing failed then.
    var errorType: String? {
        switch record.outcome {
        case .ok, .clientClosed: nil
        case .error, .truncated, .rejected: record.errorCode?.rawValue ?? record.outcome.rawValue
        }
    }

    /// Seconds.
    var timeToFirstChunk: Double? {
        record.streamed ? record.timeToFirstToken.map { Double($0) / 1e9 } : nil
    }

    /// Dollars; nil where a price is unknown or no attempt was made.
    var cost: Money? { record.attempts.isEmpty ? nil : record.cost }

    var user: String? { record.tags["user"] }
    var session: String? { record.tags["session"] }
    var feature: String? { record.tags["feature"] }
    var environment: String? { record.tags["environment"] }

    /// A prompt's name and, behind the last `@` of its tag, its version.
    var prompt: (name: String, version: String?)? {
        guard let tag = record.tags["prompt"] else { return nil }
        guard let at = tag.lastIndex(of: "@"), at != tag.startIndex else { return (tag, record.tags["prompt_version"]) }
        return (String(tag[..<at]), String(tag[tag.index(after: at)...]))
    }

    /// `name:value` of every tag.
    var tagWords: [String] { record.tags.entries.map { "\($0.name):\($0.value)" } }

    /// What no convention has a name for.
    var own: [OTLPAttribute] {
        var list = AttributeList()
        list.set("headgate.request.id", record.id.description)
        list.set("headgate.project", record.project)
        list.set("headgate.key", record.key)
        list.set("headgate.route", record.route)
        list.set("headgate.endpoint", record.endpoint)
        list.set("headgate.outcome", record.outcome.rawValue)
        list.set("headgate.status", record.status)
        list.set("headgate.attempts", record.attempts.count)
        list.set("headgate.target", attempt?.target)
        list.set("headgate.fallback", record.fallback)
        list.set("headgate.cache", record.cache)
        list.set("headgate.limits_hit", record.limitsHit)
        list.set("headgate.translation_dropped", record.translationDropped)
        list.set("headgate.queue_time", record.queueTime > 0 ? Double(record.queueTime) / 1e9 : nil)
        if record.fetch != FetchRecord() {
            list.set("headgate.fetch.files", record.fetch.files)
            list.set("headgate.fetch.failures", record.fetch.failures)
            list.set("headgate.fetch.bytes", record.fetch.bytes)
            list.set("headgate.fetch.time", Double(record.fetch.duration) / 1e9)
        }
        return list.attributes
    }
}

/// Names of providers in OpenTelemetry's words.
enum ProviderNames {
    private static let names = [
        "bedrock": "aws.bedrock", "azure": "azure.ai.openai", "gemini": "gcp.gemini", "vertex": "gcp.vertex_ai",
        "mistral": "mistral_ai", "xai": "x_ai",
    ]

    /// A kind without a name there keeps its own; many are the same in both: `openai`, `anthropic`, `groq`, ...
    static func name(ofKind kind: String) -> String { names[kind] ?? kind }
}
