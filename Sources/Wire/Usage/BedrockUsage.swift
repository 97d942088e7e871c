import Core

/// What the usages of Amazon Bedrock mean.
enum BedrockUsage {
    /// `TokenUsage` of Converse: input excludes the cache (Amazon's Bedrock API reference). `cacheDetails` states the
    /// writes by lifetime.
    /// - Returns: nil when the object states nothing.
    static func converse(_ usage: JSONObjectView) -> TokenUsage? {
        let input = usage.count("inputTokens")
        let output = usage.count("outputTokens")
        guard input != nil || output != nil else { return nil }
        var result = TokenUsage()
        result.inputUncached = input ?? 0
        result.cacheRead = usage.count("cacheReadInputTokens") ?? usage.count("cacheReadInputTokenCount") ?? 0
        let written = usage.count("cacheWriteInputTokens") ?? usage.count("cacheWriteInputTokenCount") ?? 0
        result.cacheWrite1h = min(hourly(usage), written)
        result.cacheWrite5m = written - result.cacheWrite1h
        result.output = output ?? 0
        return result
    }

    /// `amazon-bedrock-invocationMetrics`, which ends a stream of any model.
    static func metrics(_ metrics: JSONObjectView) -> TokenUsage? {
        let input = metrics.count("inputTokenCount")
        let output = metrics.count("outputTokenCount")
        guard input != nil || output != nil else { return nil }
        var result = TokenUsage()
        result.inputUncached = input ?? 0
        result.cacheRead = metrics.count("cacheReadInputTokenCount") ?? 0
        result.cacheWrite5m = metrics.count("cacheWriteInputTokenCount") ?? 0
        result.output = output ?? 0
        return result
    }

    /// What models that state no usage object say in their answer: Meta's Llama and Amazon's Titan (Amazon's Bedrock
    /// user guide, "Inference request parameters"). The chunks of a stream say it by and by.
    static func bare(_ answer: JSONObjectView, after stated: TokenUsage) -> TokenUsage? {
        let input = answer.count("prompt_token_count") ?? answer.count("inputTextTokenCount")
        let output = answer.count("generation_token_count")
        guard input != nil || output != nil else { return nil }
        var result = stated
        if let input { result.inputUncached = input }
        if let output { result.output = output }
        guard let results = answer.member("results"), results.kind == .array else { return result }
        JSONScanner.forEachElement(of: answer.value(results)) { bytes in
            let tokens = JSONObjectView(bytes)?.count("tokenCount") ?? 0
            result.output = min(result.output + tokens, Limits.statedTokensMax)
        }
        return result
    }

    private static func hourly(_ usage: JSONObjectView) -> Int {
        guard let details = usage.member("cacheDetails"), details.kind == .array else { return 0 }
        var sum = 0
        JSONScanner.forEachElement(of: usage.value(details)) { bytes in
            guard let detail = JSONObjectView(bytes), detail.string("ttl") == "1h" else { return }
            sum = min(sum + (detail.count("inputTokens") ?? 0), Limits.statedTokensMax)
        }
        return sum
    }
}
