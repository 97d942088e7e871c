import ArgumentParser
import Foundation
import NIOCore
import Wire

/// Requests put into another provider's format, by themselves.
struct TranslateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "translate", abstract: "Print how long a translation takes, in milliseconds: name, time.")

    func run() throws {
        // Some four bytes are a token.
        try measure("a conversation of 100,000 tokens", bytes: 400_000, repetitions: 20)
        try measure("a request of 1 KB", bytes: 1000, repetitions: 5000)
    }

    private func measure(_ name: String, bytes: Int, repetitions: Int) throws {
        let body = ByteBuffer(bytes: try PromptBody(model: "gpt-4o-mini", bytes: bytes).make())
        guard let translation = ChatTranslation(client: .openAIChat, provider: .anthropicMessages) else {
            throw Failure("clients of OpenAI cannot be served")
        }
        let clock = ContinuousClock()
        var rounds: [Double] = []
        for _ in 0..<11 {
            let time = try clock.measure {
                for _ in 0..<repetitions {
                    let request = try translation.request(body, model: ServedModel("claude"), asksForUsage: false, .strict)
                    guard request.body.readableBytes > bytes / 2 else { throw Failure("the translation lost text") }
                }
            }
            rounds.append(time / .milliseconds(1) / Double(repetitions))
        }
        Output.line(name + String(format: "\t%.4f", rounds.sorted()[rounds.count / 2]))
    }
}
