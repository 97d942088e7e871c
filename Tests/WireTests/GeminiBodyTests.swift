import Core
import NIOCore
import Testing

@testable import Wire

/// What the gateway changes in the bodies of Gemini's clients, and how their streams are framed.
@Suite struct GeminiBodyTests {
    private func endpoint(_ path: String) throws -> Endpoint {
        var path = path
        let match = path.withUTF8 { Endpoints.match(method: .post, path: UnsafeRawBufferPointer($0)) }
        guard case .found(let endpoint, let rest) = match else { throw NotServed() }
        #expect(rest == "a/b")
        return endpoint
    }

    private struct NotServed: Error {}

    private func rewritten(
        _ body: String, force: [(String, String)] = [], defaults: [(String, String)] = []
    ) throws -> String {
        let endpoint = try endpoint("/v1beta/models/a/b:generateContent")
        let buffer = ByteBuffer(string: body)
        let facts = try RequestFacts(body: buffer, endpoint: endpoint, wantsTags: false, pathModel: "a/b")
        var rewriter = RequestRewriter(body: buffer, facts: facts)
        for (name, json) in force { rewriter.force(name, json: Array(json.utf8)) }
        for (name, json) in defaults { rewriter.setDefault(name, json: Array(json.utf8)) }
        return String(buffer: rewriter.finish().joined())
    }

    @Test func settingsStandInGenerationConfig() throws {
        #expect(
            try rewritten(#"{"contents":[]}"#, force: [("max_tokens", "5"), ("stop", #""x""#), ("labels", "{}")])
                == #"{"generationConfig":{"maxOutputTokens":5,"stopSequences":["x"]},"labels":{},"contents":[]}"#)
        #expect(
            try rewritten(
                #"{"generation_config":{"max_output_tokens":9,"maxOutputTokens":8,"topK":1}}"#,
                force: [("max_tokens", "5")], defaults: [("top_k", "2"), ("temperature", "0")])
                == #"{"generation_config":{"topK":1,"maxOutputTokens":5,"temperature":0}}"#)
        #expect(
            try rewritten(#"{"generationConfig":{"topK":1}}"#, defaults: [("top_k", "2")])
                == #"{"generationConfig":{"topK":1}}"#)
    }

    @Test func aBodyThatHidesItsConfigIsRefused() {
        for body in [
            #"{"generationConfig":{},"generation_config":{}}"#,
            #"{"generationConfig":{},"generation\u0043onfig":{"maxOutputTokens":9}}"#,
        ] {
            #expect(throws: GatewayError.self) { try rewritten(body) }
        }
    }

    @Test func theLimitOfTokensAndTheStreamAreKnown() throws {
        let endpoint = try endpoint("/v1/models/a/b:streamGenerateContent")
        let body = ByteBuffer(string: #"{"model":"other","generationConfig":{"max_output_tokens":7}}"#)
        let facts = try RequestFacts(body: body, endpoint: endpoint, wantsTags: false, pathModel: "a/b")
        #expect(facts.streams && facts.maxTokens == 7 && facts.model == "a/b")
    }

    @Test func everyPlaceNamesTheUpstreamsModel() {
        let body = ByteBuffer(
            string: #"{"model":"models/a","requests":[{"model":"models/a","content":{}},5,{"content":{"model":1}}]}"#)
        #expect(
            String(buffer: GeminiModelNames.renamed(EditedBody(body, edits: []), to: "up").joined())
                == #"{"model":"models/up","requests":[{"model":"models/up","content":{}},5,{"content":{"model":1}}]}"#)
    }

    @Test func eventsBecomeTheElementsOfAnArrayWhereverTheyAreCut() {
        let events = Array("data: {\"a\":1}\r\n\r\n: no event\n\ndata: {\"b\":2}\n\n".utf8)
        for cut in 0...events.count {
            var array = EventArray()
            var text = String(buffer: array.push(ByteBuffer(bytes: events[..<cut])))
            text += String(buffer: array.push(ByteBuffer(bytes: events[cut...])))
            text += String(buffer: array.end())
            #expect(text == "[{\"a\":1},\r\n{\"b\":2}]")
        }
        var empty = EventArray()
        #expect(String(buffer: empty.end()) == "[]")
    }

    @Test func errorsAreGooglesOwn() {
        let error = GatewayError(.rateLimitExceeded, "slow", parameter: "p", retryAfterSeconds: 3)
        #expect(
            String(buffer: ErrorBody.json(error, dialect: .gemini, requestID: "r"))
                == #"{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED","details":[{"@type":"#
                + #""type.googleapis.com/google.rpc.ErrorInfo","reason":"rate_limit_exceeded","domain":"headgate","#
                + #""metadata":{"parameter":"p","requestId":"r"}},{"@type":"#
                + #""type.googleapis.com/google.rpc.RetryInfo","retryDelay":"3s"}]}}"#)
        #expect(
            GeminiError.refusesKey(
                ByteBuffer(string: #"{"error":{"code":400,"details":[{"reason":"API_KEY_INVALID"}]}}"#)))
        #expect(!GeminiError.refusesKey(ByteBuffer(string: #"{"error":{"code":400,"details":[{}]}}"#)))
    }

    @Test func aStreamIsPutTogetherForTheRecord() {
        let stream = [
            #"{"candidates":[{"content":{"parts":[{"text":"h","thought":true}]},"index":0}],"modelVersion":"g"}"#,
            #"{"candidates":[{"content":{"parts":[{"text":"a"}]},"index":0}]}"#,
            #"{"candidates":[{"content":{"parts":[{"text":"b"},{"functionCall":{"name":"f"}}]},"finishReason":"STOP"}],"#
                + #""usageMetadata":{"promptTokenCount":1}}"#,
        ].map { "data: \($0)\r\n\r\n" }.joined()
        #expect(
            StreamAssembly.whole(ByteBuffer(string: stream), dialect: .gemini).map { String(buffer: $0) }
                == #"{"candidates":[{"content":{"parts":[{"text":"h","thought":true},{"text":"ab"},{"functionCall":"#
                + #"{"name":"f"}}],"role":"model"},"finishReason":"STOP","index":0}],"modelVersion":"g","#
                + #""usageMetadata":{"promptTokenCount":1}}"#)
        #expect(StreamAssembly.whole(ByteBuffer(string: "data: {\"choices\":[]}\n\n"), dialect: .gemini) == nil)
    }
}
