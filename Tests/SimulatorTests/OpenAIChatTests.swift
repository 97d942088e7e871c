import NIOCore
import Testing

@testable import Simulator

@Suite("Simulated chat completions")
struct OpenAIChatTests {
    private func chunks(_ answer: RawAnswer) throws -> [SimulatorJSON] {
        let events = RawEvent.all(answer.text)
        #expect(answer.status == 200)
        #expect(answer.isComplete)
        #expect(answer.headers["content-type"] == "text/event-stream; charset=utf-8")
        #expect(events.last?.data == "[DONE]")
        return try events.dropLast().map { try $0.json() }
    }

    private func deltas(_ chunks: [SimulatorJSON], choice: Int = 0) -> [SimulatorJSON] {
        chunks.compactMap { $0["choices"]?[0] }.filter { $0["index"]?.integer == choice }.compactMap { $0["delta"] }
    }

    @Test("echo answers with the last message of the user, whole")
    func echo() async throws {
        try await withServer { server in
            let answer = try await server.chat("echo")
            let json = try answer.json()
            #expect(answer.status == 200)
            #expect(json["object"]?.string == "chat.completion")
            #expect(json["id"]?.string?.hasPrefix("chatcmpl-") == true)
            #expect(json["model"]?.string == "echo")
            let choice = try #require(json["choices"]?[0])
            #expect(choice["message"]?["role"]?.string == "assistant")
            #expect(choice["message"]?["content"]?.string == Bodies.prompt)
            #expect(choice["finish_reason"]?.string == "stop")
            #expect(json["usage"]?["completion_tokens"]?.integer == 4)
            #expect(answer.headers["x-request-id"]?.hasPrefix("req_") == true)
            #expect(answer.headers["openai-processing-ms"] != nil)
        }
    }

    @Test("echo streams role, text, reason and [DONE], and usage only when asked")
    func echoStreamed() async throws {
        try await withServer { server in
            let plain = try chunks(try await server.chat("echo", Bodies.stream))
            #expect(deltas(plain).first?["role"]?.string == "assistant")
            #expect(deltas(plain).compactMap { $0["content"]?.string }.joined() == Bodies.prompt)
            #expect(plain.last?["choices"]?[0]?["finish_reason"]?.string == "stop")
            #expect(plain.allSatisfy { $0["usage"] == nil })

            let counted = try chunks(try await server.chat("echo", Bodies.streamWithUsage))
            #expect(counted.dropLast().allSatisfy { $0["usage"] == .null })
            #expect(counted.last?["choices"] == [])
            #expect(counted.last?["usage"]?["total_tokens"]?.integer ?? 0 > 4)
            #expect(Set(counted.compactMap { $0["id"]?.string }).count == 1)
        }
    }

    @Test("lorem and unknown names give text of the asked length")
    func lorem() async throws {
        try await withServer { server in
            for model in ["lorem", "gpt-4o-mini"] {
                let json = try await server.chat(model, simulate: #"{"tokens":300}"#).json()
                #expect(json["choices"]?[0]?["message"]?["content"]?.string?.utf8.count == 1200)
                #expect(json["usage"]?["completion_tokens"]?.integer == 300)
                let streamed = try chunks(try await server.chat(model, Bodies.stream, simulate: #"{"tokens":300}"#))
                #expect(deltas(streamed).compactMap { $0["content"]?.string }.joined().utf8.count == 1200)
            }
        }
    }

    @Test("max_tokens and max_completion_tokens cut the answer", arguments: ["max_tokens", "max_completion_tokens"])
    func length(member: String) async throws {
        try await withServer { server in
            let json = try await server.chat("lorem", #","\#(member)":5"#).json()
            #expect(json["usage"]?["completion_tokens"]?.integer == 5)
            #expect(json["choices"]?[0]?["finish_reason"]?.string == "length")
            let streamed = try chunks(try await server.chat("lorem", #","\#(member)":5,"stream":true"#))
            #expect(streamed.last?["choices"]?[0]?["finish_reason"]?.string == "length")
        }
    }

    @Test("n gives so many choices, streamed in turn")
    func choices() async throws {
        try await withServer { server in
            let json = try await server.chat("lorem", #","n":2"#).json()
            #expect(json["choices"]?.array?.count == 2)
            let streamed = try chunks(try await server.chat("lorem", #","n":2,"stream":true"#))
            for choice in 0..<2 {
                let text = deltas(streamed, choice: choice).compactMap { $0["content"]?.string }.joined()
                #expect(!text.isEmpty)
            }
            #expect(try await server.chat("lorem", #","n":5"#).status == 400)
        }
    }

    @Test(
        "tools calls the first tool with arguments that fit its schema",
        arguments: [("tools", 1), ("parallel-tools", 2)]
    )
    func tools(model: String, count: Int) async throws {
        try await withServer { server in
            let json = try await server.chat(model, Bodies.openAITools).json()
            let choice = try #require(json["choices"]?[0])
            #expect(choice["finish_reason"]?.string == "tool_calls")
            #expect(choice["message"]?["content"] == .null)
            let calls = try #require(choice["message"]?["tool_calls"]?.array)
            #expect(calls.map { $0["function"]?["name"]?.string } == Array(["weather", "time"].prefix(count)))
            for call in calls {
                let arguments = try #require(call["function"]?["arguments"]?.string)
                #expect(try SimulatorJSON(parsing: arguments.utf8) == Bodies.arguments)
                #expect(call["id"]?.string?.hasPrefix("call_") == true)
            }

            let streamed = try chunks(try await server.chat(model, Bodies.openAITools + Bodies.stream))
            let pieces = deltas(streamed).compactMap { $0["tool_calls"]?[0] }
            for index in 0..<count {
                let own = pieces.filter { $0["index"]?.integer == index }
                #expect(own.count > 2)
                #expect(own.filter { $0["id"] != nil }.count == 1)
                let arguments = own.compactMap { $0["function"]?["arguments"]?.string }.joined()
                #expect(try SimulatorJSON(parsing: arguments.utf8) == Bodies.arguments)
            }
            #expect(streamed.last?["choices"]?[0]?["finish_reason"]?.string == "tool_calls")
        }
    }

    @Test("tools answers in text when no tool is offered or one has answered")
    func toolsWithout() async throws {
        try await withServer { server in
            let plain = try await server.chat("tools").json()
            #expect(plain["choices"]?[0]?["finish_reason"]?.string == "stop")
            let body = #"{"model":"tools","messages":[{"role":"tool","content":"4"}]\#(Bodies.openAITools)}"#
            let answered = try await server.ask(Paths.chat, body).json()
            #expect(answered["choices"]?[0]?["finish_reason"]?.string == "stop")
        }
    }

    @Test("reasoning tells its thoughts and counts them in the usage")
    func reasoning() async throws {
        try await withServer { server in
            let json = try await server.chat("reasoning").json()
            let thoughts = try #require(json["choices"]?[0]?["message"]?["reasoning_content"]?.string)
            #expect(thoughts.utf8.count == 4 * Generation.reasoningTokens)
            let usage = try #require(json["usage"])
            #expect(usage["completion_tokens_details"]?["reasoning_tokens"]?.integer == Generation.reasoningTokens)
            #expect(usage["completion_tokens"]?.integer ?? 0 > Generation.reasoningTokens)
            let streamed = deltas(try chunks(try await server.chat("reasoning", Bodies.stream)))
            #expect(streamed.compactMap { $0["reasoning_content"]?.string }.joined().utf8.count == thoughts.utf8.count)
            #expect(streamed.contains { $0["content"]?.string?.isEmpty == false })
        }
    }

    @Test("cached counts cache reads and writes as parts of the prompt")
    func cached() async throws {
        try await withServer { server in
            let usage = try #require(try await server.chat("cached").json()["usage"])
            #expect(usage["prompt_tokens_details"]?["cached_tokens"]?.integer == 1024)
            #expect(usage["prompt_tokens_details"]?["cache_write_tokens"]?.integer == 256)
            #expect(usage["prompt_tokens"]?.integer ?? 0 > 1280)
            let streamed = try chunks(try await server.chat("cached", Bodies.streamWithUsage))
            #expect(streamed.last?["usage"]?["prompt_tokens_details"]?["cached_tokens"]?.integer == 1024)
        }
    }
}
