import Yams

/// A block as the file has it: the values of its keys with their places, each right by itself, not yet checked
/// against the others.
struct Written<Owner: Block>: Sendable {
    private struct Entry: Sendable {
        let place: Place
        /// nil: wrong, and reported.
        let value: (any Sendable)?
    }

    let place: Place
    private var entries: [String: Entry] = [:]

    /// Reads the block; unknown, missing and wrong keys are reported. nil when it is no mapping.
    init?(_ node: Node, _ place: Place, _ context: ReadContext) {
        guard let members = context.members(node, place) else { return nil }
        self.init(members, place, context)
    }

    /// An empty block.
    init(_ place: Place, _ context: ReadContext) { self.init([], place, context) }

    private init(_ members: [ReadContext.Member], _ place: Place, _ context: ReadContext) {
        self.place = place
        let fields = Dictionary(uniqueKeysWithValues: Owner.fields.map { ($0.name, $0) })
        for member in members {
            guard let field = fields[member.name] else {
                Written.reportUnknown(member, context)
                continue
            }
            let place = context.place(member.place.path, of: member.node, near: member.place)
            entries[member.name] = Entry(place: place, value: field.read(member.node, place, context))
        }
        for field in Owner.fields where field.isRequired && entries[field.name] == nil {
            context.errors.add(place, "missing key '\(field.name)'")
        }
    }

    /// The value written, or the key's default.
    subscript<Value>(field: Field<Owner, Value>) -> Value? {
        entries[field.name]?.value as? Value ?? field.defaultValue
    }

    /// The value, only if it is written.
    func at<Value>(_ field: Field<Owner, Value>) -> At<Value>? {
        guard let entry = entries[field.name], let value = entry.value as? Value else { return nil }
        return At(place: entry.place, value: value)
    }

    /// Whether the key is written, be it right or wrong.
    func contains(_ field: any BlockField) -> Bool { entries[field.name] != nil }

    /// Where the key's value stands, or where it would.
    func place(of field: any BlockField) -> Place {
        entries[field.name]?.place
            ?? Place(path: place.path.member(field.name), line: place.line, column: place.column)
    }

    /// Where the value of the key of this name stands; nil where it is not written.
    func place(written name: String) -> Place? { entries[name]?.place }

    private static func reportUnknown(_ member: ReadContext.Member, _ context: ReadContext) {
        let name = Shown.text(member.name)
        if Owner.laterKeys.contains(member.name) {
            context.errors.add(member.place, "unknown key '\(name)': it comes with a later version")
        } else {
            context.errors.add(
                member.place,
                "unknown key '\(name)'\(Suggestion.suffix(for: member.name, among: Owner.fields.map(\.name)))")
        }
    }
}
