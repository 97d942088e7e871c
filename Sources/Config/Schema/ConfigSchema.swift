/// The description of the whole file, in the forms that people and editors read.
public enum ConfigSchema {
    /// The JSON Schema (draft 2020-12) of `headgate.yaml`.
    public static func jsonSchema() -> String { JSONSchemaWriter.document() }

    /// The page `docs/config.md`.
    public static func markdown() -> String { MarkdownWriter.document() }

    /// Every block that can stand in the file, in the order in which it is first met.
    static let blocks: [any Block.Type] = {
        var blocks: [any Block.Type] = []
        collect(FileBlock.self, into: &blocks)
        return blocks
    }()

    private static func collect(_ block: any Block.Type, into blocks: inout [any Block.Type]) {
        guard !blocks.contains(where: { $0 == block }) else { return }
        blocks.append(block)
        for field in block.fields {
            for inner in field.shape.blocks { collect(inner, into: &blocks) }
        }
    }
}

extension Shape {
    /// The blocks that stand directly in a value of this shape.
    var blocks: [any Block.Type] {
        switch self {
        case .block(let block): [block]
        case .list(let item, _): item.blocks
        case .map(_, let item, _): item.blocks
        case .either(let shapes): shapes.flatMap(\.blocks)
        case .scalar, .choice, .json: []
        }
    }
}
