/// How much of a call is kept.
public enum RecordLevel: String, Sendable, CaseIterable {
    /// The row and both bodies.
    case full
    /// The row alone.
    case metadata
    /// Neither; the call still counts in rollups and metrics.
    case off
}
