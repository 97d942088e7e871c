/// What must hold of a call for it to go to a target: a small language over tags and facts of the request.
///
/// It is read once, when the configuration is loaded; the types are checked then, so that a condition that stands in a
/// snapshot always has an answer. `docs/routing.md` describes the language. Fails closed: a fact of another type than
/// its own equals nothing.
public struct Condition: Sendable {
    /// As it is written.
    public let text: String
    /// What it asks of a call besides tags: what is expensive to find out is found out only if it stands here.
    public let needs: Set<ConditionFact>
    private let root: ConditionNode

    /// - Throws: `ConditionError` with the place of what is wrong.
    public init(_ text: String) throws(ConditionError) {
        self.text = text
        root = try ConditionParser.parse(text)
        var needs: Set<ConditionFact> = []
        root.forEachFact { needs.insert($0) }
        self.needs = needs
    }

    public func holds(for facts: some ConditionFacts) -> Bool { root.holds(for: facts) }
}
