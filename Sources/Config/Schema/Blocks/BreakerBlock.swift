import Core
import Policy

/// `breaker`.
enum BreakerBlock: Block {
    static let title = "breaker"
    static let summary = """
        When a target that fails is left alone. After `open` one call tries it; when that is well, its share of the \
        calls grows back over the same time. Failures are its own: it cannot be reached, times out, answers 5xx, or \
        breaks off. A rate limit is a rest with a known end and no failure, and a wrong request says nothing of it.
        """
    static let example =
        "breaker: { consecutive: 5, error_rate: 50%, window: 30s, requests_min: 20, open: 30s, ejected_max: 50% }"

    private static let settings = BreakerSettings()
    static let consecutive = Field<Self, Int>(
        "consecutive", .integer(ConfigLimits.breakerCalls), default: settings.consecutive,
        "So many failures in a row open it.")
    static let errorRate = Field<Self, Int>(
        "error_rate", .percent, default: settings.errorPerMillion,
        "So large a share of failures opens it, of `requests_min` calls or more.")
    static let window = Field<Self, Int64>(
        "window", .duration(DurationLimits.breaker), default: settings.window, "The time over which the share counts.")
    static let requestsMin = Field<Self, Int>(
        "requests_min", .integer(ConfigLimits.breakerCalls), default: settings.requestsMin,
        "Fewer calls say nothing of a share.")
    static let open = Field<Self, Int64>(
        "open", .duration(DurationLimits.breaker), default: settings.open,
        "How long it is left alone; longer each time that it fails again, up to eight times as long.")
    static let ejectedMax = Field<Self, Int>(
        "ejected_max", .percent, default: settings.ejectedPerMillion,
        "At most so many of a model's targets are left alone at once; all may be where a fallback answers for them.")
    static let fields: [any BlockField] = [consecutive, errorRate, window, requestsMin, open, ejectedMax]
}

extension Written<BreakerBlock> {
    var settings: BreakerSettings {
        var settings = BreakerSettings()
        settings.consecutive = self[BreakerBlock.consecutive] ?? settings.consecutive
        settings.errorPerMillion = self[BreakerBlock.errorRate] ?? settings.errorPerMillion
        settings.window = self[BreakerBlock.window] ?? settings.window
        settings.requestsMin = self[BreakerBlock.requestsMin] ?? settings.requestsMin
        settings.open = self[BreakerBlock.open] ?? settings.open
        settings.ejectedPerMillion = self[BreakerBlock.ejectedMax] ?? settings.ejectedPerMillion
        return settings
    }
}
