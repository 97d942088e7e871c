import Core
import Foundation
import NIOCore
import Testing

@testable import Wire

/// Every client's format before every provider's, against the golden files.
@Suite struct GoldenTests {
    static let clients = ChatFormat.allCases.filter { $0.clientCoding != nil }

    private static func others(_ format: ChatFormat, _ all: [ChatFormat]) -> [ChatFormat] {
        all.filter { $0 != format }
    }

    // MARK: Requests

    @Test(arguments: clients) func requests(_ client: ChatFormat) throws {
        let inputs = try GoldenFolder.inputs("requests/\(client.rawValue)")
        #expect(inputs.count > 1)
        for (name, text) in inputs {
            var folder = GoldenFolder("requests/\(client.rawValue)/\(name)-to")
            for provider in Self.others(client, ChatFormat.allCases) {
                try folder.expect(Self.request(text, client, provider), as: provider.rawValue + ".txt")
            }
            try folder.expectNoOthers()
        }
    }

    /// What is left out, and the body; or why there is none.
    private static func request(_ text: String, _ client: ChatFormat, _ provider: ChatFormat) -> String {
        do {
            let made = try ChatTranslation.pair(client, provider).request(
                ByteBuffer(string: text), model: "up", asksForUsage: true, .lenient)
            let dropped = made.dropped.isEmpty ? "nothing" : made.dropped.joined(separator: ", ")
            return "left out: \(dropped)\n\n" + prettyJSON(String(buffer: made.body))
        } catch {
            return "refused: \(error.member): \(error.message)\n"
        }
    }

    // MARK: Answers

    @Test(arguments: ChatFormat.allCases) func answers(_ provider: ChatFormat) throws {
        let inputs = try GoldenFolder.inputs("answers").filter { $0.name == provider.rawValue }
        let text = try #require(inputs.first).text
        var meter = UsageMeter(
            format: provider.answerFormat, flavour: .standard, contentType: "application/json")
        meter.push(ByteBuffer(string: text))
        let usage = meter.finish().usage
        var folder = GoldenFolder("answers/\(provider.rawValue)-to")
        for client in Self.others(provider, Self.clients) {
            let answer = ChatTranslation.pair(client, provider).answer(ByteBuffer(string: text), usage: usage, .test)
            try folder.expect(prettyJSON(String(buffer: try #require(answer))), as: client.rawValue + ".json")
        }
        try folder.expectNoOthers()
    }

    @Test(arguments: ChatFormat.allCases) func errors(_ provider: ChatFormat) throws {
        let inputs = try GoldenFolder.inputs("errors").filter { $0.name == provider.rawValue }
        let body = ByteBuffer(string: try #require(inputs.first).text)
        var folder = GoldenFolder("errors/\(provider.rawValue)-to")
        for client in Self.others(provider, Self.clients) {
            let message = try #require(ChatTranslation.pair(client, provider).errorMessage(body))
            let told = ErrorBody.json(message, status: 429, dialect: Self.dialect(client), requestID: "call-1")
            try folder.expect(prettyJSON(String(buffer: told)), as: client.rawValue + ".json")
        }
        try folder.expectNoOthers()
    }

    private static func dialect(_ client: ChatFormat) -> Dialect {
        switch client {
        case .anthropicMessages: .anthropic
        case .gemini: .gemini
        default: .openAI
        }
    }

    // MARK: Streams

    @Test(arguments: ChatFormat.allCases) func streams(_ provider: ChatFormat) throws {
        let inputs = try GoldenFolder.inputs("streams").filter { $0.name == provider.rawValue }
        let (bytes, framing) = Self.framed(try #require(inputs.first).text, provider)
        var folder = GoldenFolder("streams/\(provider.rawValue)-to")
        for client in Self.others(provider, Self.clients) {
            let whole = try Self.stream(bytes, framing, client, provider, pieceBytes: bytes.count)
            try folder.expect(whole, as: client.rawValue + ".sse")
            for size in [1, 2, 3, 7, 64] {
                let cut = try Self.stream(bytes, framing, client, provider, pieceBytes: size)
                #expect(cut == whole, "\(provider) to \(client) in pieces of \(size)")
            }
        }
        try folder.expectNoOthers()
    }

    /// Bedrock's stream stands in its file as a line for each message: its name and its payload.
    private static func framed(_ text: String, _ provider: ChatFormat) -> ([UInt8], StreamFraming) {
        switch provider {
        case .ollamaChat: return (Array(text.utf8), .objects)
        case .bedrockConverse:
            let bytes = text.split(separator: "\n").flatMap { line in
                let words = line.split(separator: " ", maxSplits: 1).map { String($0) }
                return EventStreamEncoder.message(
                    [(":event-type", words[0]), (":message-type", "event")], payload: Array(words[1].utf8))
            }
            return (bytes, .messages)
        default: return (Array(text.utf8), .events)
        }
    }

    private static func stream(
        _ bytes: [UInt8], _ framing: StreamFraming, _ client: ChatFormat, _ provider: ChatFormat, pieceBytes: Int
    ) throws -> String {
        var stage = EventStage(
            format: provider.answerFormat, stripsUsage: false, framing: framing,
            translator: ChatTranslation.pair(client, provider).stream(.test))
        var output = StageOutput()
        for start in stride(from: 0, to: bytes.count, by: pieceBytes) {
            try stage.push(ByteBuffer(bytes: bytes[start..<min(start + pieceBytes, bytes.count)]), into: &output)
        }
        try stage.finish(into: &output)
        return output.buffers.map { String(buffer: $0) }.joined()
    }

    // MARK: There and back

    /// What of a request comes back when it goes through another format and into its own again.
    @Test(arguments: clients) func roundTrips(_ client: ChatFormat) throws {
        for (name, text) in try GoldenFolder.inputs("requests/\(client.rawValue)") {
            var folder = GoldenFolder("requests/\(client.rawValue)/\(name)-through")
            let before = try leaves(text)
            for other in Self.others(client, Self.clients) {
                let back = try Self.sent(Self.sent(ByteBuffer(string: text), client, other), other, client)
                let after = try leaves(String(buffer: back))
                let lost = before.filter { after[$0.key] != $0.value }.map { "- \($0.key): \($0.value)" }
                let new = after.filter { before[$0.key] != $0.value }.map { "+ \($0.key): \($0.value)" }
                let lines = ["\(before.count - lost.count) of \(before.count) values come back"] + lost.sorted()
                try folder.expect((lines + new.sorted()).joined(separator: "\n") + "\n", as: other.rawValue + ".txt")
            }
            try folder.expectNoOthers()
        }
    }

    private static func sent(_ body: ByteBuffer, _ client: ChatFormat, _ provider: ChatFormat) throws -> ByteBuffer {
        try ChatTranslation.pair(client, provider).request(body, model: "m", asksForUsage: true, .lenient).body
    }
}

/// The values of a document that hold no others, by their paths.
private func leaves(_ text: String) throws -> [String: String] {
    var result: [String: String] = [:]
    func walk(_ value: Any, _ path: String) {
        switch value {
        case let object as [String: Any] where !object.isEmpty:
            for (name, value) in object { walk(value, path.isEmpty ? name : path + "." + name) }
        case let array as [Any] where !array.isEmpty:
            for (place, value) in array.enumerated() { walk(value, "\(path)[\(place)]") }
        case let text as String: result[path] = "'\(text.replacing("\n", with: "\\n"))'"
        case is [String: Any]: result[path] = "{}"
        case is [Any]: result[path] = "[]"
        default: result[path] = "\(value)"
        }
    }
    walk(try JSONSerialization.jsonObject(with: Data(text.utf8)), "")
    return result
}
