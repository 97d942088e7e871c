/// How much of a call is kept.
public enum RecordLevel: String, Sendable, CaseIterable, Comparable {
    /// The row and both bodies.
    case full
    /// The row alone.
    case metadata
    /// Neither; the call still counts in rollups and metrics.
    case off

    /// Ordered by how much is left out.
    public static func < (a: RecordLevel, b: RecordLevel) -> Bool { a.leftOut < b.leftOut }

    private var leftOut: Int {
        switch self {
        case .full: 0
        case .metadata: 1
        case .off: 2
        }
    }
}
