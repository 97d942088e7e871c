import NIOCore
import Testing
import Wire

@testable import Simulator

/// The dialects that only providers speak: Bedrock's, Cohere's and Ollama's.
@Suite("Simulated provider formats")
struct ProviderFormTests {
    private static let tool = #"{"type":"function","function":{"name":"weather","parameters":\#(Bodies.schema)}}"#

    private enum Form: CaseIterable {
        case bedrock, cohere, ollama

        func path(_ model: String, streams: Bool) -> String {
            switch self {
            case .bedrock: "/model/\(model)/converse" + (streams ? "-stream" : "")
            case .cohere: "/v2/chat"
            case .ollama: "/api/chat"
            }
        }

        /// - Parameter members: more of them, each with a comma before it.
        func body(_ model: String, _ text: String = Bodies.prompt, streams: Bool, _ members: String = "") -> String {
            let bedrock = #"{"messages":[{"role":"user","content":[{"text":"\#(text)"}]}]\#(members)}"#
            guard self != .bedrock else { return bedrock }
            let messages = #"[{"role":"user","content":"\#(text)"}]"#
            return #"{"model":"\#(model)","messages":\#(messages),"stream":\#(streams)\#(members)}"#
        }

        var tools: String {
            guard self == .bedrock else { return #","tools":[\#(ProviderFormTests.tool)]"# }
            return
                #","toolConfig":{"tools":[{"toolSpec":{"name":"weather","inputSchema":{"json":\#(Bodies.schema)}}}]}"#
        }

        func text(_ answer: SimulatorJSON) -> String? {
            switch self {
            case .bedrock: answer["output"]?["message"]?["content"]?[0]?["text"]?.string
            case .cohere: answer["message"]?["content"]?[0]?["text"]?.string
            case .ollama: answer["message"]?["content"]?.string
            }
        }

        func call(_ answer: SimulatorJSON) -> SimulatorJSON? {
            switch self {
            case .bedrock: answer["output"]?["message"]?["content"]?[0]?["toolUse"]
            case .cohere, .ollama: answer["message"]?["tool_calls"]?[0]?["function"]
            }
        }

        /// The text of all pieces of a stream, and the last piece.
        func read(_ answer: RawAnswer) throws -> (text: String, last: SimulatorJSON?) {
            switch self {
            case .bedrock:
                let pieces = try ProviderFormTests.messages(answer)
                return (pieces.compactMap { $0["delta"]?["text"]?.string }.joined(), pieces.last)
            case .cohere:
                let pieces = try RawEvent.all(answer.text).map { try $0.json() }
                let deltas = pieces.map { $0["delta"]?["message"]?["content"]?["text"]?.string ?? "" }
                return (deltas.joined(), pieces.last)
            case .ollama:
                let pieces = try answer.text.split(separator: "\n").map { try SimulatorJSON(parsing: $0.utf8) }
                return (pieces.compactMap { $0["message"]?["content"]?.string }.joined(), pieces.last)
            }
        }
    }

    private static func messages(_ answer: RawAnswer) throws -> [SimulatorJSON] {
        var pieces: [[UInt8]] = []
        var decoder = EventStreamDecoder()
        try decoder.push(ByteBuffer(bytes: answer.body)) { pieces.append(Array($0.payload)) }
        #expect(!decoder.isInsideMessage)
        return try pieces.map { try SimulatorJSON(parsing: $0) }
    }

    private func ask(
        _ form: Form, _ model: String, streams: Bool = false, _ members: String = "",
        _ check: (RawAnswer) throws -> Void
    ) async throws {
        try await withServer { server in
            let body = form.body(model, streams: streams, members)
            try check(try await server.ask(form.path(model, streams: streams), body))
        }
    }

    @Test("echo answers with the text of the user, whole and streamed", arguments: Form.allCases)
    private func echo(_ form: Form) async throws {
        try await ask(form, "echo") { answer in
            let json = try answer.json()
            #expect(form.text(json) == Bodies.prompt)
        }
        try await ask(form, "echo", streams: true) { answer in
            let (text, last) = try form.read(answer)
            #expect(text == Bodies.prompt)
            switch form {
            case .bedrock: #expect(last?["usage"]?["outputTokens"]?.integer == 4)
            case .cohere: #expect(last?["delta"]?["usage"]?["billed_units"]?["output_tokens"]?.integer == 4)
            case .ollama: #expect(last?["eval_count"]?.integer == 4 && last?["done"]?.bool == true)
            }
        }
    }

    @Test("tools are called by name with arguments of their schema", arguments: Form.allCases)
    private func tools(_ form: Form) async throws {
        try await ask(form, "tools", form.tools) { answer in
            let call = form.call(try answer.json())
            let arguments = try call?["arguments"]?.string.map { try SimulatorJSON(parsing: $0.utf8) }
            #expect(call?["name"]?.string == "weather")
            #expect(arguments ?? call?["arguments"] ?? call?["input"] == Bodies.arguments)
        }
    }

    @Test("Ollama streams unless it is told not to")
    func streamsByDefault() async throws {
        try await withServer { server in
            let body = #"{"model":"echo","messages":[{"role":"user","content":"hi"}]}"#
            let answer = try await server.ask("/api/chat", body)
            #expect(answer.headers["content-type"] == "application/x-ndjson")
        }
    }

    @Test("an error is the provider's own, before a stream and inside one", arguments: Form.allCases)
    private func errors(_ form: Form) async throws {
        try await ask(form, "http-429") { answer in
            #expect(answer.status == 429)
            #expect(answer.headers["x-amzn-errortype"] == (form == .bedrock ? "ThrottlingException" : nil))
            let json = try answer.json()
            #expect((json["message"] ?? json["error"])?.string?.contains("Rate limit") == true)
        }
        try await ask(form, "error-after-200", streams: true) { answer in
            #expect(answer.status == 200)
            let (text, last) = try form.read(answer)
            #expect(!text.isEmpty)
            let told = last?["message"] ?? last?["error"] ?? last?["delta"]?["error"]
            #expect(told?.string?.contains("The server had an error") == true)
        }
    }

    @Test("what is damaged in an event stream fails its checksum")
    func malformed() async throws {
        try await ask(.bedrock, "malformed", streams: true) { answer in
            #expect(throws: EventStreamError.self) { try Self.messages(answer) }
        }
    }

    @Test("what the providers refuse is refused")
    func refusals() async throws {
        let result = #"{"role":"user","content":[{"toolResult":{"toolUseId":"x","content":[]}}]}"#
        let bodies: [(path: String, body: String)] = [
            ("/model/echo/converse", #"{"messages":[]}"#),
            ("/model/echo/converse", #"{"messages":[{"role":"assistant","content":[{"text":"a"}]}]}"#),
            ("/model/echo/converse", #"{"messages":[{"role":"user","content":[{"text":" "}]}]}"#),
            ("/model/echo/converse", #"{"messages":[\#(result)]}"#),
            ("/v2/chat", #"{"model":"echo","messages":[{"role":"tool","tool_call_id":"x","content":"a"}]}"#),
            ("/v2/chat", #"{"model":"echo"}"#),
            ("/api/chat", #"{"model":"echo","messages":[{"role":"user","content":["a"]}]}"#),
            ("/api/chat", #"{"messages":[]}"#),
        ]
        try await withServer { server in
            for (path, body) in bodies {
                let status = try await server.ask(path, body).status
                #expect(status == 400, "\(path) \(body)")
            }
            for path in ["/model/a/b/converse", "/model/%zz/converse"] {
                let status = try await server.ask(path, "{}").status
                #expect(status == 404, "\(path)")
            }
        }
    }

    @Test("what Azure and Cohere have of OpenAI's dialect stands behind their own path")
    func prefixes() async throws {
        try await withServer { server in
            for path in ["/openai/v1/chat/completions", "/compatibility/v1/chat/completions"] {
                let status = try await server.ask(path, Bodies.chat("echo")).status
                #expect(status == 200, "\(path)")
            }
        }
    }
}
