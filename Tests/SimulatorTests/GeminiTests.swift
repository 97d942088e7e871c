import NIOCore
import Testing

@testable import Simulator

@Suite("Simulated contents")
struct GeminiTests {
    private static let ask = #"{"contents":[{"role":"user","parts":[{"text":"\#(Bodies.prompt)"}]}]}"#

    private func path(_ model: String, _ method: String = "generateContent") -> String {
        "/v1beta/models/\(model):\(method)"
    }

    private func text(_ pieces: [SimulatorJSON]) -> String {
        pieces.compactMap { $0["candidates"]?[0]?["content"]?["parts"]?[0]?["text"]?.string }.joined()
    }

    /// Google's lines end in carriage returns too.
    private func events(_ answer: RawAnswer) throws -> [SimulatorJSON] {
        try RawEvent.all(answer.text.replacing("\r\n", with: "\n")).map { try $0.json() }
    }

    @Test("echo answers with the last text of the user, whole, as events and as an array")
    func echo() async throws {
        try await withServer { server in
            let json = try await server.ask(path("echo"), Self.ask).json()
            #expect(text([json]) == Bodies.prompt)
            #expect(json["candidates"]?[0]?["finishReason"]?.string == "STOP")
            #expect(json["usageMetadata"]?["candidatesTokenCount"]?.integer == 4)
            let stream = path("echo", "streamGenerateContent")
            let events = try events(try await server.ask(stream + "?alt=sse", Self.ask))
            #expect(text(events) == Bodies.prompt)
            #expect(events.last?["usageMetadata"] == json["usageMetadata"])
            let array = try await server.ask(stream, Self.ask).json()
            #expect(array.array == events)
        }
    }

    @Test("tools are called without ids, signed, and answered by text once they have responded")
    func tools() async throws {
        let declared = #""tools":[{"functionDeclarations":[{"name":"weather","parameters":\#(Bodies.schema)}]}]"#
        try await withServer { server in
            let body = Self.ask.dropLast() + ",\(declared)}"
            let json = try await server.ask(path("tools"), String(body)).json()
            let part = json["candidates"]?[0]?["content"]?["parts"]?[0]
            #expect(part?["functionCall"] == ["name": "weather", "args": Bodies.arguments])
            #expect(part?["thoughtSignature"]?.string == GeminiForm.signature(ofCall: "weather"))
            let call = #"{"role":"model","parts":[{"functionCall":{"name":"weather","args":{}}}]}"#
            let response = #"{"role":"user","parts":[{"function_response":{"name":"weather","response":{}}}]}"#
            let user = #"{"parts":[{"text":"hi"}]}"#
            let whole = #"{"contents":[\#(user),\#(call),\#(response)],\#(declared)}"#
            #expect(text([try await server.ask(path("tools"), whole).json()]).isEmpty == false)
            let without = #"{"contents":[\#(user),\#(call),\#(user)],\#(declared)}"#
            #expect(try await server.ask(path("tools"), without).status == 400)
        }
    }

    @Test("what Google's servers refuse is refused in their words")
    func refusals() async throws {
        try await withServer { server in
            for (body, word) in [
                (#"{"max_tokens":5,"contents":[{"parts":[{"text":"a"}]}]}"#, "maxTokens"),
                (#"{"generationConfig":{"n":5},"contents":[{"parts":[{"text":"a"}]}]}"#, "generation_config.n"),
                (#"{"contents":[]}"#, "contents"), (#"{"contents":[{"parts":[]}]}"#, "parts"),
                (#"{"contents":[{"role":"assistant","parts":[{"text":"a"}]}]}"#, "role"),
            ] {
                let answer = try await server.ask(path("echo"), body)
                let error = try answer.json()["error"]
                #expect(answer.status == 400 && error?["status"]?.string == "INVALID_ARGUMENT")
                #expect(error?["message"]?.string?.contains(word) == true)
            }
            #expect(try await server.ask("/v1beta/models/x:y", Self.ask).status == 404)
        }
    }

    @Test("tokens are counted and texts embedded")
    func others() async throws {
        try await withServer { server in
            #expect(try await server.ask(path("m", "countTokens"), Self.ask).json()["totalTokens"]?.integer ?? 0 > 0)
            let content = #""content":{"parts":[{"text":"a"}]},"outputDimensionality":4"#
            let one = try await server.ask(path("m", "embedContent"), "{\(content)}").json()
            let two = try await server.ask(
                path("m", "batchEmbedContents"), #"{"requests":[{\#(content)},{\#(content)}]}"#
            ).json()
            #expect(one["embedding"]?["values"]?.array?.count == 4)
            #expect(two["embeddings"]?[0] == one["embedding"] && two["embeddings"]?[1] == one["embedding"])
        }
    }

    @Test("faults of a stream are told as in other dialects")
    func faults() async throws {
        try await withServer { server in
            let stream = path("error-after-200", "streamGenerateContent")
            let events = try events(try await server.ask(stream + "?alt=sse", Self.ask))
            #expect(events.last?["error"]?["status"]?.string == "INTERNAL")
            #expect(try await server.ask(stream, Self.ask).json().array?.last?["error"] != nil)
        }
    }
}
