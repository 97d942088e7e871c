import NIOCore

extension ChatRequest {
    /// Without what Claude refuses, wherever it is asked: with thinking any sampling but a `top_p` of 0.95 and more,
    /// and else `temperature` beside `top_p`.
    /// Source: Anthropic's documentation of extended thinking, and of the models' migration.
    func fittedToClaude(_ losses: inout TranslationLosses) throws(TranslationError) -> ChatRequest {
        var fitted = self
        if reasoning?.anthropicThinks == true {
            if let temperature, Double(String(buffer: temperature.buffer)) != 1 {
                fitted.temperature = nil
                try losses.drop("temperature", "Claude takes no temperature with thinking")
            }
            if let topP, (Double(String(buffer: topP.buffer)) ?? 0) < 0.95 {
                fitted.topP = nil
                try losses.drop("top_p", "Claude takes no top_p below 0.95 with thinking")
            }
            if topK != nil {
                fitted.topK = nil
                try losses.drop("top_k", "Claude takes no top_k with thinking")
            }
        }
        if fitted.temperature != nil, fitted.topP != nil {
            fitted.topP = nil
            try losses.drop("top_p", "Claude takes temperature or top_p, not both")
        }
        return fitted
    }
}
