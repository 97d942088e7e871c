/// `finishReason`, and why a prompt was not let through.
enum GeminiFinish {
    static func word(_ reason: FinishReason) -> StaticString {
        switch reason {
        case .stop, .stopSequence, .toolCalls, .pause: "STOP"
        case .length: "MAX_TOKENS"
        case .filtered: "SAFETY"
        }
    }

    /// - Parameter hasCalls: the answer calls functions, for which Gemini has no reason of its own.
    static func reason(_ word: String?, hasCalls: Bool) -> FinishReason {
        switch word {
        case "MAX_TOKENS": .length
        case "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR",
            "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION":
            .filtered
        case "CONTINUATION": .pause
        default: hasCalls ? .toolCalls : .stop
        }
    }
}
