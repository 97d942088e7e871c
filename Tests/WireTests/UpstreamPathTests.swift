import Core
import NIOCore
import Testing

@testable import Wire

@Suite struct UpstreamPathTests {
    @Test(arguments: [
        ("gemini-3", "/models/gemini-3:generate"),
        ("anthropic.claude-v1:0", "/models/anthropic.claude-v1:0:generate"),
        ("arn:aws:bedrock:x:1:p/y", "/models/arn:aws:bedrock:x:1:p%2Fy:generate"),
        ("..", "/models/%2E%2E:generate"), ("a b?c#d", "/models/a%20b%3Fc%23d:generate"),
        ("é", "/models/%C3%A9:generate"),
    ])
    func aModelStaysOneSegment(_ model: String, _ path: String) {
        #expect(UpstreamPath("/models/{model}:generate").whole.filled(model: model) == path)
    }

    @Test func streamsMayHaveAPathOfTheirOwn() {
        let path = UpstreamPath("/model/{model}/converse", stream: "/model/{model}/converse-stream")
        #expect(path.whole.filled(model: "m") == "/model/m/converse")
        #expect(path.stream.filled(model: "m") == "/model/m/converse-stream")
        #expect(!UpstreamPath("/chat").whole.namesModel)
    }

    @Test(arguments: [
        (#"{"model":"m","a":1}"#, #"{"v":2,"a":1}"#), (#"{"a":1 , "model":"m"}"#, #"{"v":2,"a":1 }"#),
        (#"{"a":1,"model":"m" , "b":2}"#, #"{"v":2,"a":1, "b":2}"#), (#"{"model":"m"}"#, #"{"v":2}"#),
        (#"{ "model" : "m" }"#, #"{"v":2 }"#),
    ])
    func aModelThatThePathNamesLeavesTheBody(_ body: String, _ expected: String) throws {
        let buffer = ByteBuffer(string: body)
        let endpoint = try #require(Endpoints.all.first { $0.kind == .messages })
        let facts = try RequestFacts(body: buffer, endpoint: endpoint, wantsTags: false)
        var rewriter = RequestRewriter(body: buffer, facts: facts)
        rewriter.removeModel()
        rewriter.force("v", json: Array("2".utf8))
        #expect(String(buffer: rewriter.finish().joined()) == expected)
    }
}

@Suite struct EndpointPatternTests {
    private func rest(_ pattern: String, _ path: String) -> String? {
        let endpoint = Endpoint(.post, pattern, .messages, .anthropic, .infer)
        return Array(path.utf8).withUnsafeBytes { bytes in
            endpoint.rest(of: bytes).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func bracesTakeWhatStandsBetweenTheFixedParts() {
        #expect(rest("/v1/models/{model}:generate", "/v1/models/a/b:generate") == "a/b")
        #expect(rest("/v1/models/{model}:generate", "/v1/models/:generate") == nil)
        #expect(rest("/v1/models/{model}:generate", "/v1/models/a:count") == nil)
        #expect(rest("/v1/files/{file_id}/content", "/v1/files/f-1/content") == "f-1")
        #expect(rest("/v1/files/{file_id}", "/v1/files/f-1/content") == nil)
        #expect(rest("/v1/files", "/v1/files") == "")
        #expect(rest("/v1/files", "/v1/files/") == nil)
    }
}
