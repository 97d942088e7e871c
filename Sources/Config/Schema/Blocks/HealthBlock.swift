import Core

/// `health`.
enum HealthBlock: Block {
    static let title = "health"
    static let summary = """
        Asks each provider by itself whether it is well, beside what calls show of it: one that cannot be reached or \
        answers 5xx counts as failed at all its targets, one that answers closes their breakers. Without this block \
        nobody is asked.
        """
    static let example = "health: { path: /models, interval: 30s, timeout: 5s }"

    static let path = Field<Self, String>(
        "path", .text("a path"), default: "/models", "What is asked for, behind the provider's `base_url`.")
    static let interval = Field<Self, Int64>(
        "interval", .duration(DurationLimits.healthInterval), default: 30 * DurationLimits.second,
        "The time between two checks.")
    static let timeout = Field<Self, Int64>(
        "timeout", .duration(DurationLimits.timeouts), default: 5 * DurationLimits.second,
        "A check without an answer by then has failed.")
    static let fields: [any BlockField] = [path, interval, timeout]
}

extension Written<HealthBlock> {
    var settings: HealthSettings {
        let path = self[HealthBlock.path] ?? "/models"
        return HealthSettings(
            path: path.hasPrefix("/") ? path : "/\(path)",
            interval: self[HealthBlock.interval] ?? 30 * DurationLimits.second,
            timeout: self[HealthBlock.timeout] ?? 5 * DurationLimits.second)
    }
}
