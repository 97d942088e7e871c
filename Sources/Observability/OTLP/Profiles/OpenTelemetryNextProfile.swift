/// The GenAI conventions of OpenTelemetry as they went on after 1.41, in a repository of their own.
enum OpenTelemetryNextProfile: ExportProfile {
    static func attributes(of call: ExportedCall) -> [OTLPAttribute] {
        GenAIAttributes(
            cacheWrite: "gen_ai.usage.cache_write.input_tokens", topKIsInteger: true, saysFinishInMessages: false,
            systemTakesTextOnly: true, tellsModalities: true
        ).attributes(of: call)
    }
}
