import NIOCore
import Testing

@testable import Simulator

@Suite("A request to the simulator")
struct RequestTests {
    @Test(
        "that is broken or lacks a member gets the provider's 400",
        arguments: [
            "", "{", "[]", #"{"messages":[]}"#, #"{"model":1,"messages":[]}"#, #"{"model":"echo"}"#,
            #"{"model":"echo","messages":[]}"#, #"{"model":"echo","messages":["a"]}"#,
            #"{"model":"echo","max_tokens":0,"messages":[{"role":"user","content":"a"}]}"#,
            #"{"model":"echo","max_tokens":9,"stream":"yes","messages":[{"role":"user","content":"a"}]}"#,
        ])
    func refused(body: String) async throws {
        try await withServer { server in
            let openAI = try await server.ask(Paths.chat, body)
            #expect(openAI.status == 400)
            #expect(try openAI.json()["error"]?["type"]?.string == "invalid_request_error")
            let anthropic = try await server.ask(Paths.messages, body)
            #expect(anthropic.status == 400)
            #expect(try anthropic.json()["error"]?["type"]?.string == "invalid_request_error")
        }
    }

    @Test("to another path or with another method is told so in the dialect of the path")
    func paths() async throws {
        try await withServer { server in
            let unknown = try await server.ask("/v1/nothing", "")
            #expect(unknown.status == 404)
            #expect(try await server.ask("/v1/messages/nothing", "").json()["type"]?.string == "error")
            #expect(try await server.ask(Paths.chat, "", method: "GET").status == 405)
        }
    }

    @Test("needs the key where one is required")
    func key() async throws {
        var settings = SimulatorSettings.instant
        settings.requiredKey = "sk-test"
        try await withServer(settings) { server in
            let refused = try await server.chat("echo")
            #expect(refused.status == 401)
            #expect(try refused.json()["error"]?["code"]?.string == "invalid_api_key")
            #expect(try await server.message("echo").json()["error"]?["type"]?.string == "authentication_error")
            for header in [("Authorization", "Bearer sk-test"), ("x-api-key", "sk-test")] {
                #expect(try await server.ask(Paths.chat, Bodies.chat("echo"), headers: [header]).status == 200)
            }
            let wrong = [("x-api-key", "sk-other")]
            #expect(try await server.ask(Paths.chat, Bodies.chat("echo"), headers: wrong).status == 401)
            #expect(try await server.ask("/health", "", method: "GET").status == 200)
        }
    }

    @Test(
        "is told what is wrong with its x-simulate",
        arguments: [
            ("{", "not JSON"), ("[]", "object"), (#"{"tempo":1}"#, "tempo"), (#"{"fault":"nothing"}"#, "fault"),
            (#"{"rate":2}"#, "rate"), (#"{"tokens":-1}"#, "tokens"), (#"{"seed":"a"}"#, "seed"),
            (#"{"first_token_ms":1.5}"#, "first_token_ms"), (#"{"status":200}"#, "status"),
            (#"{"tokens_per_second":0}"#, "tokens_per_second"),
        ])
    func simulateHeader(text: String, named: String) async throws {
        try await withServer { server in
            let openAI = try await server.chat("echo", simulate: text)
            let anthropic = try await server.message("echo", simulate: text)
            for answer in [openAI, anthropic] {
                #expect(answer.status == 400)
                #expect(try answer.json()["error"]?["message"]?.string?.contains(named) == true)
            }
        }
    }

    @Test("asks for a fault, a status, a length or a shape by header")
    func overrides() async throws {
        try await withServer { server in
            #expect(try await server.chat("echo", simulate: #"{"fault":"http-503"}"#).status == 503)
            #expect(try await server.chat("echo", simulate: #"{"status":418}"#).status == 418)
            let json = try await server.chat("lorem", simulate: #"{"tokens":7}"#).json()
            #expect(json["usage"]?["completion_tokens"]?.integer == 7)
            let chunked = try await server.raw(
                Paths.chat, Bodies.chat("lorem", Bodies.stream), headers: [("x-simulate", #"{"chunk_bytes":11}"#)])
            #expect(String(decoding: chunked.bytes, as: UTF8.self).contains("\r\nb\r\n"))
        }
    }

    @Test("gets the same answer each time, and another one for another body or seed")
    func determinism() async throws {
        try await withServer { server in
            for members in ["", Bodies.stream] {
                let one = try await server.chat("lorem", members)
                #expect(try await server.chat("lorem", members).body == one.body)
                #expect(try await server.chat("lorem", members + #","user":"b""#).body != one.body)
                let seeded = try await server.chat("lorem", members, simulate: #"{"seed":7}"#)
                #expect(seeded.body != one.body)
                #expect(try await server.chat("lorem", members, simulate: #"{"seed":7}"#).body == seeded.body)
                let again = try await server.chat("lorem", members)
                #expect(again.headers["x-request-id"] != one.headers["x-request-id"])
            }
        }
    }

    @Test("streamed says the same as whole")
    func streamedAsWhole() async throws {
        try await withServer { server in
            let whole = try await server.chat("lorem", simulate: #"{"seed":3}"#).json()
            let streamed = try await server.chat("lorem", Bodies.stream, simulate: #"{"seed":3}"#)
            let chunks = try RawEvent.all(streamed.text).dropLast().map { try $0.json() }
            let text = chunks.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.string }.joined()
            #expect(text == whole["choices"]?[0]?["message"]?["content"]?.string)
            #expect(chunks.first?["id"] == whole["id"])
        }
    }

    @Test("with a rate gets its fault in that share, decided by seed and body")
    func rate() async throws {
        try await withServer { server in
            func statuses(_ simulate: String) async throws -> [Int] {
                var statuses: [Int] = []
                for index in 0..<60 {
                    let answer = try await server.chat("echo", #","user":"\#(index)""#, simulate: simulate)
                    statuses.append(answer.status)
                }
                return statuses
            }
            let seeded = #"{"fault":"http-500","rate":0.5,"seed":1}"#
            let first = try await statuses(seeded)
            #expect(try await statuses(seeded) == first)
            #expect((15...45).contains(first.count { $0 == 500 }))
            let counted = try await statuses(#"{"fault":"http-500","rate":0.5}"#)
            #expect((15...45).contains(counted.count { $0 == 500 }))
            #expect(try await statuses(#"{"fault":"http-500","rate":0}"#).allSatisfy { $0 == 200 })
            #expect(try await statuses(#"{"fault":"http-500","rate":1}"#).allSatisfy { $0 == 500 })
        }
    }
}
