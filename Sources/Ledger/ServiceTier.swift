/// A way of being served that has prices of its own.
public enum ServiceTier: String, Sendable, CaseIterable {
    case batch
    case flex
    case priority
    case fast
    case ultrafast
    /// Outside of the provider's busy hours; the time of the call says so, not the provider.
    case offPeak = "off_peak"

    /// - Parameter word: what the provider said. A word that is unknown, or stands for the usual way (`default`,
    ///   `standard`, `auto`, `on_demand`), is none.
    init?(said word: String) {
        switch word {
        case "batch": self = .batch
        case "flex", "ON_DEMAND_FLEX": self = .flex
        case "priority", "ON_DEMAND_PRIORITY": self = .priority
        case "fast": self = .fast
        case "ultrafast": self = .ultrafast
        default: return nil
        }
    }
}
