import Core

/// Reads `generateContent` and `streamGenerateContent` (events or a JSON array), embeddings, and Vertex's `predict`.
struct GeminiAnswerReader: AnswerReader {
    var observation = AnswerObservation()

    mutating func observe(piece: JSONObjectView, name: UnsafeRawBufferPointer) { observe(piece) }

    mutating func observe(_ answer: JSONObjectView) {
        for member in answer.members {
            let value = answer.value(member)
            switch member.kind {
            case .array where answer.isNamed(member, "candidates"):
                JSONScanner.forEachElement(of: value) { takeCandidate($0) }
            case .object where answer.isNamed(member, "usageMetadata"):
                if let usage = JSONObjectView(value) { take(usage) }
            case .string where answer.isNamed(member, "modelVersion"):
                observation.servedModel = JSONText.string(value)
            case .object where answer.isNamed(member, "promptFeedback"):
                if let reason = JSONObjectView(value)?.string("blockReason") { finish(reason) }
            case .object where answer.isNamed(member, "error"):
                observation.sawError = true
            case .object where answer.isNamed(member, "embedding"), .array where answer.isNamed(member, "embeddings"):
                observation.sawContent = true
                observation.sawTerminal = true
            case .array where answer.isNamed(member, "predictions"):
                takePredictions(value)
            default: break
            }
        }
    }

    private mutating func takeCandidate(_ bytes: UnsafeRawBufferPointer) {
        guard let candidate = JSONObjectView(bytes) else { return }
        if let reason = candidate.string("finishReason") { finish(reason) }
        guard let content = candidate.object("content"), let parts = content.member("parts") else { return }
        observation.sawContent(ContentScale.weigh(content.value(parts)))
    }

    private mutating func finish(_ reason: String) {
        observation.finishReason = reason
        observation.sawTerminal = true
    }

    private mutating func take(_ usage: JSONObjectView) {
        if let stated = GeminiUsage.generated(usage) { observation.state(stated) }
        switch usage.string("trafficType") {
        case "ON_DEMAND_PRIORITY": observation.serviceTier = "priority"
        case "ON_DEMAND_FLEX": observation.serviceTier = "flex"
        default: break
        }
    }

    private mutating func takePredictions(_ predictions: UnsafeRawBufferPointer) {
        observation.sawContent = true
        observation.sawTerminal = true
        if let stated = GeminiUsage.predicted(predictions) { observation.state(stated) }
    }
}

/// What the usage of Google's models means.
enum GeminiUsage {
    /// `UsageMetadata` (Google's Gemini API reference): the prompt includes what was cached, thoughts come on top of
    /// the candidates, and so does the prompt of tools on top of the prompt. It is repeated on every chunk, and the
    /// last one holds.
    /// - Returns: nil when the object states nothing.
    static func generated(_ usage: JSONObjectView) -> TokenUsage? {
        let prompt = usage.count("promptTokenCount")
        let candidates = usage.count("candidatesTokenCount")
        guard prompt != nil || candidates != nil || usage.count("totalTokenCount") != nil else { return nil }
        var result = TokenUsage()
        result.setInput(
            total: prompt ?? 0, cached: usage.count("cachedContentTokenCount") ?? 0, written: 0,
            audio: uncached("AUDIO", usage), image: uncached("IMAGE", usage))
        result.inputUncached += usage.count("toolUsePromptTokenCount") ?? 0
        result.setOutput(
            total: candidates ?? 0, reasoning: 0, audio: tokens("AUDIO", usage, "candidatesTokensDetails"),
            image: tokens("IMAGE", usage, "candidatesTokensDetails"))
        result.reasoning = usage.count("thoughtsTokenCount") ?? 0
        return result
    }

    /// Vertex's `predict`: embeddings state their tokens one by one, images nothing but themselves (Google's Vertex AI
    /// reference, "Text embeddings API" and "Imagen API").
    static func predicted(_ predictions: UnsafeRawBufferPointer) -> TokenUsage? {
        var result = TokenUsage()
        var isStated = false
        JSONScanner.forEachElement(of: predictions) { bytes in
            guard let prediction = JSONObjectView(bytes) else { return }
            if let tokens = prediction.object("embeddings")?.object("statistics")?.count("token_count") {
                result.inputUncached = min(result.inputUncached + tokens, Limits.statedTokensMax)
                isStated = true
            } else if prediction.member("bytesBase64Encoded")?.kind == .string {
                result.images += 1
                isStated = true
            }
        }
        return isStated ? result : nil
    }

    private static func uncached(_ modality: StaticString, _ usage: JSONObjectView) -> Int {
        max(0, tokens(modality, usage, "promptTokensDetails") - tokens(modality, usage, "cacheTokensDetails"))
    }

    private static func tokens(_ modality: StaticString, _ usage: JSONObjectView, _ details: StaticString) -> Int {
        guard let member = usage.member(details), member.kind == .array else { return 0 }
        var sum = 0
        JSONScanner.forEachElement(of: usage.value(member)) { bytes in
            guard let detail = JSONObjectView(bytes), let name = detail.member("modality"), name.kind == .string,
                detail.value(name).insideQuotes.isText(modality)
            else { return }
            sum = min(sum + (detail.count("tokenCount") ?? 0), Limits.statedTokensMax)
        }
        return sum
    }
}
