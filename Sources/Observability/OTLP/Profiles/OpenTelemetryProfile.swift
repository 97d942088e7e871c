/// The GenAI conventions of OpenTelemetry 1.41.
enum OpenTelemetryProfile: ExportProfile {
    static func attributes(of call: ExportedCall) -> [OTLPAttribute] {
        GenAIAttributes(
            cacheWrite: "gen_ai.usage.cache_creation.input_tokens", topKIsInteger: false, saysFinishInMessages: true,
            systemTakesTextOnly: false, tellsModalities: false
        ).attributes(of: call)
    }
}
