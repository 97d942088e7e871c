/// The classes of importance that calls have, and how long those of a full target wait.
public struct PrioritySettings: Sendable, Equatable {
    /// Their names, the most important first; never empty.
    public var classes = ["critical", "normal", "sheddable", "batch"]
    /// The place of the class of calls that name none.
    public var defaultClass = 1
    /// Calls that wait for one target.
    public var queueMax = 1000
    /// Nanoseconds that a call waits at most.
    public var waitMax: Int64 = 10 * 1_000_000_000

    public init() {}

    /// nil: there is no class of this name.
    public func place(of name: String) -> Int? { classes.firstIndex(of: name) }

    /// A class of an older configuration may have no name any more.
    public func name(of place: Int) -> String { classes.indices.contains(place) ? classes[place] : "\(place)" }

    /// The class of a call.
    /// - Parameters:
    ///   - named: the one that the client names; nil: it names none.
    ///   - own: the one that its key stands for; nil: the default one.
    ///   - highest: the one that its key may name at most; nil: its own, or the default one.
    public func granted(named: Int?, own: Int?, highest: Int?) -> Int {
        let usual = own ?? defaultClass
        let bound = highest ?? usual
        return min(max(named ?? usual, bound), classes.count - 1)
    }
}
