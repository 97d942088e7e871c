import Foundation
import Testing
import Yams

@testable import Config

/// The description of the file's blocks, which the reader and the documents share.
@Suite struct DescriptionTests {
    /// Files that the examples name.
    private static let files = ["server.pem": Load.pem, "server.key": Load.pem]
    private static let environment = [
        "ENTRA_SECRET": "s",
        "OPENAI_API_KEY": "k", "KEY_A": "a", "KEY_B": "b", "HEADGATE_KEY": "0123456789abcdef", "OTEL_TOKEN": "t",
    ]

    /// An example made a whole file: what it needs around it is put there.
    private static func file(_ example: String) -> String {
        if example.hasPrefix("targets:") {
            return "\(providers)models: { m: { \(example) } }\n"
        }
        if example.hasPrefix("api_keys:") {
            return "providers: { p: { kind: openai, \(example) } }\nmodels: { m: { targets: [ { provider: p } ] } }\n"
        }
        if example.hasPrefix("entra:") {
            return "providers: { p: { kind: azure, resource: r, \(example) } }\n"
                + "models: { m: { targets: [ { provider: p } ] } }\n"
        }
        var text = example + "\n"
        if !example.contains("providers:") { text += providers }
        if !example.contains("models:\n") || example.hasPrefix("keys:") { text += models(of: example) }
        return text
    }

    private static let providers = "providers: { openai: { kind: simulator }, claude: { kind: simulator } }\n"

    private static func models(of example: String) -> String {
        let provider = example.contains("local:") ? "local" : "openai"
        return "models: { fast: { targets: [ { provider: \(provider) } ] } }\n"
    }

    @Test(arguments: 0..<ConfigSchema.blocks.count) func everyExampleIsValid(_ index: Int) {
        let text = Self.file(ConfigSchema.blocks[index].example)
        #expect(Load.errors(text, environment: Self.environment, files: Self.files) == [], "\(text)")
    }

    @Test(arguments: 0..<ConfigSchema.blocks.count) func everyBlockIsDescribedOnce(_ index: Int) {
        let block = ConfigSchema.blocks[index]
        let names = block.fields.map(\.name)
        #expect(ConfigSchema.blocks.count { $0.title == block.title } == 1)
        #expect(Set(names).count == names.count)
        #expect(Set(names).isDisjoint(with: block.laterKeys))
        #expect(block.summary.hasSuffix("."))
        for field in block.fields {
            #expect(field.documentation.hasSuffix("."), "\(block.title).\(field.name)")
            #expect(!field.documentation.contains("|"), "\(block.title).\(field.name)")
        }
    }

    @Test(arguments: 0..<ConfigSchema.blocks.count) func everyDefaultMayBeWritten(_ index: Int) throws {
        for field in ConfigSchema.blocks[index].fields {
            guard let text = field.defaultText else { continue }
            let node = try #require(try Yams.compose(yaml: text, .basic))
            let errors = ErrorCollector(file: "default")
            let value = field.read(node, .start, ReadContext(environment: [:], errors: errors))
            #expect(value != nil && errors.isEmpty, "\(field.name): \(text)")
        }
    }

    /// `make docs` writes them anew.
    @Test(arguments: [
        ("config.md", ConfigSchema.markdown()), ("headgate.schema.json", ConfigSchema.jsonSchema()),
    ]) func theDocumentsInTheRepositoryAreUpToDate(_ name: String, _ text: String) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let written = try String(contentsOf: root.appendingPathComponent("docs/\(name)"), encoding: .utf8)
        #expect(written == text, "docs/\(name) is out of date: run 'make docs'")
    }

    /// The place to rehearse must be one: its file is used as it stands.
    @Test func theRunbooksFileIsValid() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appendingPathComponent("docs/runbooks/README.md"), encoding: .utf8)
        let block = try #require(page.components(separatedBy: "```yaml\n").dropFirst().first)
        #expect(Load.errors(try #require(block.components(separatedBy: "```").first)) == [])
    }

    @Test func theSchemaIsJSONAndItsReferencesLeadSomewhere() throws {
        let text = ConfigSchema.jsonSchema()
        let schema = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let definitions = try #require(schema["$defs"] as? [String: Any])
        for reference in text.split(separator: "\"#/$defs/").dropFirst() {
            #expect(definitions[String(reference.prefix { $0 != "\"" })] != nil)
        }
        #expect(schema["required"] as? [String] == ["providers", "models"])
        #expect(schema["additionalProperties"] as? Bool == false)
    }
}
