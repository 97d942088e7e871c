import ArgumentParser
import Foundation
import Wire

/// The scanner of requests by itself, beside Foundation's decoder.
struct JSONCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "json", abstract: "Print how fast bodies are read, in gigabytes a second: name, scanner, decoder.")

    func run() throws {
        try measure("scan a prompt of 300 KB", bytes: 300_000, .prose)
        try measure("scan source code of 300 KB", bytes: 300_000, .code)
        try measure("scan a request of 230 bytes", bytes: 230, .prose)
    }

    private func measure(_ name: String, bytes: Int, _ content: PromptBody.Content) throws {
        let body = try PromptBody(model: "gpt-4o-mini", bytes: bytes, content: content).make()
        var members: [JSONMember] = []
        let scanner = try gigabytesPerSecond(bytes) {
            members.removeAll(keepingCapacity: true)
            let kind = try body.withUnsafeBytes { bytes in try JSONScanner.scan(bytes, members: &members) }
            guard kind == .object, members.count == 3 else { throw Failure("the scanner found other members") }
        }
        let data = Data(body)
        let decoder = JSONDecoder()
        let foundation = try gigabytesPerSecond(bytes) {
            let request = try decoder.decode(ChatRequest.self, from: data)
            guard request.messages.count > 1 else { throw Failure("the decoder found no messages") }
        }
        Output.line(name + String(format: "\t%.3f\t%.3f", scanner, foundation))
    }

    /// The median of several rounds: one that the machine disturbed does not count.
    private func gigabytesPerSecond(_ bytes: Int, _ read: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        let repetitions = max(1, 10_000_000 / bytes)
        var rounds: [Double] = []
        for _ in 0..<11 {
            let time = try clock.measure {
                for _ in 0..<repetitions { try read() }
            }
            rounds.append(Double(bytes * repetitions) / (time / .seconds(1)) / 1e9)
        }
        return rounds.sorted()[rounds.count / 2]
    }
}

private struct ChatRequest: Decodable {
    struct Message: Decodable {
        let role: String
        let content: String
    }

    let model: String
    let temperature: Double
    let messages: [Message]
}
