import NIOCore
import Testing

@testable import Simulator

@Suite("Simulated messages")
struct AnthropicTests {
    /// Checks what every stream has in common.
    private func events(_ answer: RawAnswer) throws -> [SimulatorJSON] {
        let events = RawEvent.all(answer.text)
        #expect(answer.status == 200)
        #expect(answer.isComplete)
        let json = try events.map { try $0.json() }
        #expect(events.map(\.name) == json.map { $0["type"]?.string })
        #expect(json.first?["type"]?.string == "message_start")
        #expect(json.first?["message"]?["usage"]?["output_tokens"]?.integer == 1)
        #expect(json.last?["type"]?.string == "message_stop")
        #expect(json.contains { $0["type"]?.string == "ping" })
        let starts = json.filter { $0["type"]?.string == "content_block_start" }
        #expect(starts.map { $0["index"]?.integer } == Array(starts.indices).map { $0 })
        #expect(json.count { $0["type"]?.string == "content_block_stop" } == starts.count)
        return json
    }

    private func deltas(_ events: [SimulatorJSON], _ type: String, _ member: String, block: Int = 0) -> String {
        events.filter { $0["index"]?.integer == block && $0["delta"]?["type"]?.string == type }
            .compactMap { $0["delta"]?[member]?.string }.joined()
    }

    private func stopReason(_ events: [SimulatorJSON]) -> String? {
        events.first { $0["type"]?.string == "message_delta" }?["delta"]?["stop_reason"]?.string
    }

    @Test("echo answers with the last message of the user, whole and streamed")
    func echo() async throws {
        try await withServer { server in
            let answer = try await server.message("echo")
            let json = try answer.json()
            #expect(answer.headers["request-id"]?.hasPrefix("req_01") == true)
            #expect(json["id"]?.string?.hasPrefix("msg_01") == true)
            #expect(json["type"]?.string == "message")
            #expect(json["content"] == [["type": "text", "text": .string(Bodies.prompt)]])
            #expect(json["stop_reason"]?.string == "end_turn")
            #expect(json["usage"]?["output_tokens"]?.integer == 4)

            let events = try events(try await server.message("echo", Bodies.stream))
            #expect(deltas(events, "text_delta", "text") == Bodies.prompt)
            #expect(stopReason(events) == "end_turn")
            let usage = events.first { $0["type"]?.string == "message_delta" }?["usage"]
            #expect(usage?["output_tokens"]?.integer == 4)
            #expect(usage?["input_tokens"] == events[0]["message"]?["usage"]?["input_tokens"])
        }
    }

    @Test("max_tokens cuts the answer and must be there")
    func length() async throws {
        try await withServer { server in
            let body = #"{"model":"lorem","max_tokens":5,"messages":[{"role":"user","content":"a"}]}"#
            let json = try await server.ask(Paths.messages, body).json()
            #expect(json["stop_reason"]?.string == "max_tokens")
            #expect(json["usage"]?["output_tokens"]?.integer == 5)
            let without = try await server.ask(Paths.messages, Bodies.chat("lorem"))
            #expect(without.status == 400)
            #expect(try without.json()["error"]?["message"]?.string == "max_tokens: Field required")
        }
    }

    @Test("tools calls with input that fits the schema", arguments: [("tools", 1), ("parallel-tools", 2)])
    func tools(model: String, count: Int) async throws {
        try await withServer { server in
            let json = try await server.message(model, Bodies.anthropicTools).json()
            #expect(json["stop_reason"]?.string == "tool_use")
            let blocks = try #require(json["content"]?.array)
            #expect(blocks.map { $0["name"]?.string } == Array(["weather", "time"].prefix(count)))
            #expect(blocks.allSatisfy { $0["input"] == Bodies.arguments && $0["type"]?.string == "tool_use" })

            let events = try events(try await server.message(model, Bodies.anthropicTools + Bodies.stream))
            #expect(stopReason(events) == "tool_use")
            for block in 0..<count {
                let input = deltas(events, "input_json_delta", "partial_json", block: block)
                #expect(try SimulatorJSON(parsing: input.utf8) == Bodies.arguments)
            }
        }
    }

    @Test("reasoning has a thinking block with a signature before its text")
    func reasoning() async throws {
        try await withServer { server in
            let blocks = try #require(try await server.message("reasoning").json()["content"]?.array)
            #expect(blocks.map { $0["type"]?.string } == ["thinking", "text"])
            #expect(blocks[0]["signature"]?.string?.isEmpty == false)
            let events = try events(try await server.message("reasoning", Bodies.stream))
            #expect(deltas(events, "thinking_delta", "thinking").utf8.count == 4 * Generation.reasoningTokens)
            #expect(!deltas(events, "signature_delta", "signature").isEmpty)
            #expect(!deltas(events, "text_delta", "text", block: 1).isEmpty)
        }
    }

    @Test("cached counts cache reads and writes beside the input")
    func cached() async throws {
        try await withServer { server in
            let whole = try #require(try await server.message("cached").json()["usage"])
            let streamed = try events(try await server.message("cached", Bodies.stream))
            for usage in [whole, try #require(streamed[0]["message"]?["usage"])] {
                #expect(usage["cache_read_input_tokens"]?.integer == 1024)
                #expect(usage["cache_creation_input_tokens"]?.integer == 256)
                #expect(usage["cache_creation"]?["ephemeral_1h_input_tokens"]?.integer == 64)
                #expect(usage["input_tokens"]?.integer ?? .max < 100)
            }
        }
    }

    @Test("count_tokens counts what the message would")
    func countTokens() async throws {
        try await withServer { server in
            let counted = try await server.ask("/v1/messages/count_tokens?beta=true", Bodies.chat("echo")).json()
            let answered = try await server.message("echo").json()
            #expect(counted["input_tokens"]?.integer == answered["usage"]?["input_tokens"]?.integer)
        }
    }
}
