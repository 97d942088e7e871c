import NIOCore
import Testing

@testable import Simulator

@Suite("The simulator's other endpoints")
struct OtherEndpointTests {
    @Test("completions answer whole and streamed")
    func completions() async throws {
        try await withServer { server in
            let body = #"{"model":"echo","prompt":"one two three""#
            let json = try await server.ask("/v1/completions", body + "}").json()
            #expect(json["object"]?.string == "text_completion")
            #expect(json["choices"]?[0]?["text"]?.string == "one two three")
            let streamed = try await server.ask("/v1/completions", body + Bodies.streamWithUsage + "}")
            let events = RawEvent.all(streamed.text)
            #expect(events.last?.data == "[DONE]")
            let chunks = try events.dropLast().map { try $0.json() }
            #expect(chunks.compactMap { $0["choices"]?[0]?["text"]?.string }.joined() == "one two three")
            #expect(chunks.last?["usage"]?["completion_tokens"]?.integer == 4)
            #expect(try await server.ask("/v1/completions", #"{"model":"echo"}"#).status == 400)
        }
    }

    @Test("embeddings are unit vectors, equal for equal inputs, the same as floats and as base64")
    func embeddings() async throws {
        try await withServer { server in
            let floats = try await server.ask("/v1/embeddings", #"{"model":"e","input":["a","b","a"],"dimensions":8}"#)
            let data = try #require(try floats.json()["data"]?.array)
            let vectors = data.map { $0["embedding"]?.array?.compactMap(\.double) ?? [] }
            #expect(data.map { $0["index"]?.integer } == [0, 1, 2])
            #expect(vectors[0] == vectors[2])
            #expect(vectors[0] != vectors[1])
            #expect(abs(vectors[0].reduce(0) { $0 + $1 * $1 } - 1) < 0.000_01)

            let body = #"{"model":"e","input":"a","dimensions":8,"encoding_format":"base64"}"#
            let encoded = try await server.ask("/v1/embeddings", body).json()
            let bytes = vectors[0].flatMap { value in
                withUnsafeBytes(of: Float(value).bitPattern.littleEndian) { Array($0) }
            }
            #expect(encoded["data"]?[0]?["embedding"]?.string == Base64.encode(bytes))
        }
    }

    @Test(
        "embeddings take text and tokens, alone and in arrays",
        arguments: [
            (#""text""#, 1), (#"["a","b"]"#, 2), ("[1,2,3]", 1), ("[[1,2],[3]]", 2),
        ])
    func embeddingInputs(input: String, count: Int) async throws {
        try await withServer { server in
            let answer = try await server.ask("/v1/embeddings", #"{"model":"e","input":\#(input)}"#)
            let data = try #require(try answer.json()["data"]?.array)
            #expect(data.count == count)
            #expect(data.allSatisfy { $0["embedding"]?.array?.count == 1536 })
        }
    }

    @Test(
        "embeddings refuse inputs and dimensions that make no sense",
        arguments: [
            #""input":[]"#, #""input":{}"#, #""input":[1,"a"]"#, #""input":"a","dimensions":0"#,
            #""input":"a","encoding_format":"hex""#, #""x":1"#,
        ])
    func embeddingRefusals(members: String) async throws {
        try await withServer { server in
            let answer = try await server.ask("/v1/embeddings", #"{"model":"e",\#(members)}"#)
            #expect(answer.status == 400)
        }
    }

    @Test("base64 has its padding")
    func base64() {
        let encoded = ["", "f", "fo", "foo", "foob"].map { Base64.encode(Array($0.utf8)) }
        #expect(encoded == ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="])
    }

    @Test("models lists every word and health is well")
    func modelsAndHealth() async throws {
        try await withServer { server in
            let list = try await server.ask("/v1/models", "", method: "GET").json()
            #expect(list["data"]?.array?.compactMap { $0["id"]?.string } == ModelWord.all)
            #expect(try await server.ask("/v1/models/echo", "", method: "GET").status == 200)
            #expect(try await server.ask("/v1/models/nothing", "", method: "GET").status == 404)
            #expect(try await server.ask("/health", "", method: "GET").status == 200)
        }
    }

    @Test("every word of the model list is a behaviour or a fault")
    func words() {
        #expect(ModelWord.all.allSatisfy { Behaviour(rawValue: $0) != nil || Fault(word: $0) != nil })
        #expect(["http-399", "http-600", "http-", "http-429-days", "nothing"].allSatisfy { Fault(word: $0) == nil })
    }
}
