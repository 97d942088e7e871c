import ArgumentParser
import Config
import Foundation

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of the configuration file, for editors.")

    @Flag(help: "Print the page docs/config.md instead.")
    var markdown = false

    func run() {
        let text = markdown ? ConfigSchema.markdown() : ConfigSchema.jsonSchema()
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}
