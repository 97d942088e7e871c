import NIOCore

/// Writes the body of `POST /model/{id}/converse`.
struct BedrockRequestWriter: ChatRequestWriter {
    var writer = JSONWriter()
    var losses: TranslationLosses
    /// What everybody calls the model: what goes beyond Converse differs by its maker.
    let model: String

    var isClaude: Bool { model.contains("anthropic.") || model.contains("claude") }

    init(_ target: ChatRequestTarget, _ losses: TranslationLosses) {
        model = target.model.knownName
        self.losses = losses
    }

    mutating func write(_ asked: ChatRequest) throws(TranslationError) {
        let request = isClaude ? try asked.fittedToClaude(&losses) : asked
        writer.beginObject()
        if request.system.contains(where: { !$0.isBlankText }) {
            writer.key("system")
            try writeBlocks(request.system, "system")
        }
        writer.key("messages")
        writer.beginArray()
        try writeMessages(request.messages)
        writer.endArray()
        try writeTools(request)
        try writeInference(request)
        try writeAdditional(request)
        try writeOutput(request)
        try writeTier(request)
        try dropExtras(request)
        writer.endObject()
    }

    /// Neighbours of one role become one message: roles must take turns.
    private mutating func writeMessages(_ messages: [ChatMessage]) throws(TranslationError) {
        var place = 0
        while place < messages.count {
            let first = place
            while place < messages.count, messages[place].role == messages[first].role { place += 1 }
            for message in messages[first..<place] where message.name != nil {
                try losses.drop(message.path + ".name", "Bedrock's messages have no name")
            }
            let parts = AnthropicRequestWriter.resultsFirst(messages[first..<place].flatMap(\.parts))
            // A message of nothing is refused, and says nothing.
            if parts.allSatisfy(\.isBlankText) { continue }
            writer.beginObject()
            writer.member("role", messages[first].role == .user ? "user" : "assistant")
            writer.key("content")
            try writeBlocks(parts, messages[first].partsPath)
            writer.endObject()
        }
    }

    // MARK: Sampling and answers

    private mutating func writeInference(_ request: ChatRequest) throws(TranslationError) {
        let hasAny =
            request.maxTokens != nil || request.temperature != nil || request.topP != nil || !request.stop.isEmpty
        guard hasAny else { return }
        writer.key("inferenceConfig")
        writer.beginObject()
        writer.memberIfPresent("maxTokens", request.maxTokens)
        if let temperature = request.temperature {
            if (Double(String(buffer: temperature.buffer)) ?? 0) > 1 {
                writer.member("temperature", 1)
                try losses.drop("temperature", "Bedrock's temperatures end at 1")
            } else {
                writer.member("temperature", temperature)
            }
        }
        writer.memberIfPresent("topP", request.topP)
        writer.texts("stopSequences", request.stop)
        writer.endObject()
    }

    /// What Converse has no member for and hands to the model as it is.
    private mutating func writeAdditional(_ request: ChatRequest) throws(TranslationError) {
        let topK = isClaude ? request.topK : nil
        if request.topK != nil && topK == nil { try losses.drop("top_k", "Converse has no top_k for this model") }
        let reasoning = isClaude ? request.reasoning : nil
        if !isClaude, request.reasoning?.budget != nil {
            try losses.drop("thinking.budget_tokens", "Converse has no budget of thinking for this model")
        }
        guard topK != nil || reasoning != nil else { return }
        writer.key("additionalModelRequestFields")
        writer.beginObject()
        writer.memberIfPresent("top_k", topK)
        if let reasoning { writer.anthropicThinking(reasoning) }
        writer.endObject()
    }

    private mutating func writeOutput(_ request: ChatRequest) throws(TranslationError) {
        let effort = request.reasoning?.anthropicEffort
        if case .object = request.format {
            try losses.drop("response_format", "Converse knows JSON by its schema only")
        }
        var schema: (json: RawJSON, name: RawText?, description: RawText?)?
        if case .schema(let json, let name, let description, _) = request.format { schema = (json, name, description) }
        guard effort != nil || schema != nil else { return }
        writer.key("outputConfig")
        writer.beginObject()
        if let effort { writer.member("effort", effort) }
        if let schema {
            writer.key("textFormat")
            writer.beginObject()
            writer.member("type", "json_schema")
            writer.key("structure")
            writer.beginObject()
            writer.key("jsonSchema")
            writer.beginObject()
            writer.member("schema", String(buffer: schema.json.buffer))
            writer.memberIfPresent("name", schema.name)
            writer.memberIfPresent("description", schema.description)
            writer.endObject()
            writer.endObject()
            writer.endObject()
        }
        writer.endObject()
    }

    private mutating func writeTier(_ request: ChatRequest) throws(TranslationError) {
        guard let tier = request.serviceTier?.string, tier != "auto" else { return }
        guard ["priority", "default", "flex", "reserved"].contains(tier) else {
            return try losses.drop("service_tier", "Bedrock has no tier '\(tier)'")
        }
        writer.key("serviceTier")
        writer.beginObject()
        writer.member("type", tier)
        writer.endObject()
    }

    private mutating func dropExtras(_ request: ChatRequest) throws(TranslationError) {
        if request.logprobs != nil { try losses.drop("logprobs", "Converse tells no probabilities of tokens") }
        if request.user != nil { try losses.drop("user", "Bedrock is not told of users") }
        for (name, value) in request.extras where !SilentMembers.isDefault(name, value, of: request.client) {
            try losses.drop(name, "Converse has no '\(name)'")
        }
    }
}
