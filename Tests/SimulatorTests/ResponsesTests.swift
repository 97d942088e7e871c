import NIOCore
import Testing

@testable import Simulator

@Suite("Simulated Responses")
struct ResponsesTests {
    private func ask(_ server: SimulatorServer, _ model: String, _ members: String = "") async throws -> RawAnswer {
        try await server.ask(
            "/v1/responses", #"{"model":"\#(model)","input":"\#(Bodies.prompt)"\#(members)}"#,
            headers: [("x-simulate", #"{"seed":7}"#)])
    }

    /// The events of a stream; their numbers and names are right.
    private func events(_ answer: RawAnswer) throws -> [SimulatorJSON] {
        let raw = RawEvent.all(answer.text)
        let events = try raw.map { try $0.json() }
        #expect(raw.map(\.name) == events.map { $0["type"]?.string })
        #expect(events.map { $0["sequence_number"]?.integer } == Array(events.indices))
        return events
    }

    @Test("an answer is the same whole and streamed", arguments: ["echo", "lorem", "reasoning", "cached"])
    func whole(model: String) async throws {
        try await withServer { server in
            let json = try await ask(server, model).json()
            #expect(json["object"]?.string == "response" && json["status"]?.string == "completed")
            let events = try events(try await ask(server, model, Bodies.stream))
            #expect(events.prefix(2).map { $0["type"]?.string } == ["response.created", "response.in_progress"])
            let last = try #require(events.last)
            #expect(last["type"]?.string == "response.completed")
            #expect(last["response"]?["output"]?.array?.count == json["output"]?.array?.count)
            #expect(last["response"]?["usage"]?["output_tokens"] == json["usage"]?["output_tokens"])
            let deltas = events.filter { $0["type"]?.string == "response.output_text.delta" }
            let text = json["output"]?.array?.last?["content"]?[0]?["text"]?.string
            #expect(deltas.compactMap { $0["delta"]?.string }.joined() == text)
        }
    }

    @Test("tools are called, and their answers end it in text")
    func tools() async throws {
        try await withServer { server in
            let tools = #","tools":[{"type":"function","name":"weather","parameters":\#(Bodies.schema)}]"#
            let json = try await ask(server, "tools", tools).json()
            let call = try #require(json["output"]?[0])
            #expect(call["type"]?.string == "function_call" && call["name"]?.string == "weather")
            let arguments = try #require(call["arguments"]?.string)
            #expect(try SimulatorJSON(parsing: arguments.utf8) == Bodies.arguments)
            let body =
                #"{"model":"tools","input":[{"type":"function_call_output","call_id":"c","output":"4"}]\#(tools)}"#
            let answered = try await server.ask("/v1/responses", body).json()
            #expect(answered["output"]?[0]?["type"]?.string == "message")
        }
    }

    @Test("max_output_tokens makes it incomplete")
    func length() async throws {
        try await withServer { server in
            let json = try await ask(server, "lorem", #","max_output_tokens":5"#).json()
            #expect(json["status"]?.string == "incomplete")
            #expect(json["incomplete_details"]?["reason"]?.string == "max_output_tokens")
            #expect(json["usage"]?["output_tokens"]?.integer == 5)
        }
    }

    @Test("reasoning is sealed where that is asked for, and only its own seals are taken back")
    func seals() async throws {
        try await withServer { server in
            let plain = try await ask(server, "reasoning").json()
            #expect(plain["output"]?[0]?["encrypted_content"] == .null)
            let asked = try await ask(server, "reasoning", #","include":["reasoning.encrypted_content"]"#).json()
            #expect(asked["output"]?[0]?["encrypted_content"]?.string?.hasPrefix(ResponsesForm.sealPrefix) == true)
            for (seal, status) in [("gAAAAx", 200), ("theirs", 400)] {
                let items = #"[{"type":"reasoning","summary":[],"encrypted_content":"\#(seal)"}]"#
                let answer = try await server.ask("/v1/responses", #"{"model":"echo","input":\#(items)}"#)
                #expect(answer.status == status)
            }
        }
    }

    @Test("an error inside the stream is a response that failed")
    func errors() async throws {
        try await withServer { server in
            let events = try events(try await ask(server, "error-after-200", Bodies.stream))
            #expect(events.last?["type"]?.string == "response.failed")
            #expect(events.last?["response"]?["error"]?["code"]?.string == "server_error")
        }
    }

    @Test(
        "what makes no sense is refused",
        arguments: ["", #","input":5"#, #","input":[1]"#, #","input":"x","previous_response_id":"resp_1""#])
    func refusals(members: String) async throws {
        try await withServer { server in
            let answer = try await server.ask("/v1/responses", #"{"model":"echo"\#(members)}"#)
            #expect(answer.status == 400)
        }
    }
}
