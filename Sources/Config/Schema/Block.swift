import Yams

/// A mapping of the file with a fixed set of keys. The reader, the JSON Schema and `docs/config.md` all come from
/// these descriptions: a new key is one `Field` and its place in `fields`.
protocol Block: Sendable {
    /// The block's name in the documentation and in the JSON Schema.
    static var title: String { get }
    /// A sentence or two for a person.
    static var summary: String { get }
    /// A piece of a file; part of the documentation, and read by a test.
    static var example: String { get }
    static var fields: [any BlockField] { get }
    /// Keys that are known to come with a later version.
    static var laterKeys: [String] { get }
}

extension Block {
    static var laterKeys: [String] { [] }
}

/// A key of a block, whatever the type of its value.
protocol BlockField: Sendable {
    var name: String { get }
    var documentation: String { get }
    var isRequired: Bool { get }
    var shape: Shape { get }
    /// The default as it would be written, where there is one.
    var defaultText: String? { get }

    /// Reads the key's value; nil when it is wrong, which was reported then.
    func read(_ node: Node, _ place: Place, _ context: ReadContext) -> (any Sendable)?
}

/// A key of the block `Owner`, with a value of the type `Value`.
struct Field<Owner: Block, Value: Sendable>: BlockField {
    let name: String
    let type: ValueType<Value>
    let isRequired: Bool
    /// What counts when the key is absent.
    let defaultValue: Value?
    let documentation: String

    init(
        _ name: String, _ type: ValueType<Value>, isRequired: Bool = false, default defaultValue: Value? = nil,
        _ documentation: String
    ) {
        self.name = name
        self.type = type
        self.isRequired = isRequired
        self.defaultValue = defaultValue
        self.documentation = documentation
    }

    var shape: Shape { type.shape }
    var defaultText: String? { defaultValue.map(type.format) }

    func read(_ node: Node, _ place: Place, _ context: ReadContext) -> (any Sendable)? {
        type.read(node, place, context)
    }
}
