/// Writes the page that documents the file.
enum MarkdownWriter {
    static func document() -> String {
        let head = """
            # Configuration

            <!-- Written by Headgate from the description that its reader uses. Do not edit. -->

            Headgate reads one YAML file, `headgate.yaml`. It starts with a file that is whole and valid or not at \
            all; a file that turns bad while it runs is refused with its errors, and the last good one stays. \
            `headgate check` reads a file and reports everything that is wrong with it, with line and column.

            - Durations and sizes carry units: `500ms`, `5s`, `10m`, `2h`, `1d`; `512B`, `64KiB`, `64MiB`, `1GB`.
            - A scalar is text first: `off` is not a boolean, and `1.0` not a number where text is expected.
            - `${NAME}` in a value is replaced by a variable of the environment, `${NAME:-default}` has a default for \
            one that is unset or empty. An unset variable without a default is an error. `$${` stands for `${`.
            - YAML anchors and aliases may be used, merge keys and tags of your own may not. A key that is written \
            twice or not known is an error.
            - Without a file, each provider whose key stands in the environment is served as `openai/*`, \
            `anthropic/*`, ..., and the simulator as `demo/*`.

            [headgate.schema.json](headgate.schema.json) is the same description as a JSON Schema for editors. Both \
            are written by `make docs`.
            """
        let sections = ConfigSchema.blocks.enumerated().map { index, block in section(block, isRoot: index == 0) }
        return head + "\n" + sections.joined()
    }

    private static func section(_ block: any Block.Type, isRoot: Bool) -> String {
        let rows = block.fields.map { field in
            let cells = [code(field.name), type(field.shape), defaultCell(field), field.documentation]
            return "| \(cells.joined(separator: " | ")) |"
        }
        return """

            ## \(isRoot ? "The file" : block.title)

            \(block.summary)

            | key | type | default | meaning |
            |---|---|---|---|
            \(rows.joined(separator: "\n"))

            ```yaml
            \(block.example)
            ```

            """
    }

    private static func defaultCell(_ field: any BlockField) -> String {
        field.isRequired ? "required" : field.defaultText.map(code) ?? ""
    }

    private static func type(_ shape: Shape) -> String {
        switch shape {
        case .scalar(let scalar): scalar.name
        case .choice(let words): words.map(code).joined(separator: ", ")
        case .list(let item, _): "list of: \(type(item))"
        case .map(let names, let item, _): "map from \(names) to: \(type(item))"
        case .block(let block): "[\(block.title)](#\(block.title))"
        case .either(let shapes): shapes.map(type).joined(separator: ", or ")
        case .json: "any value"
        }
    }

    private static func code(_ text: String) -> String { "`\(text)`" }
}
