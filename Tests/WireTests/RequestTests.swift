import Core
import NIOCore
import Testing

@testable import Wire

private let chat: Endpoint = {
    guard case .found(let endpoint, _) = match(.post, "/v1/chat/completions") else {
        preconditionFailure("the endpoint table lacks chat completions")
    }
    return endpoint
}()

private func match(_ method: RequestMethod, _ path: String) -> Endpoints.Match {
    ByteBuffer(string: path).withUnsafeReadableBytes { Endpoints.match(method: method, path: $0) }
}

private func facts(_ body: String, _ endpoint: Endpoint = chat) throws(GatewayError) -> RequestFacts {
    try RequestFacts(body: ByteBuffer(string: body), endpoint: endpoint, wantsTags: true)
}

private func rewritten(_ body: String, _ change: (inout RequestRewriter) -> Void) throws -> String {
    let buffer = ByteBuffer(string: body)
    var rewriter = RequestRewriter(body: buffer, facts: try facts(body))
    change(&rewriter)
    let edited = rewriter.finish()
    #expect(edited.byteCount == edited.pieces.reduce(0) { $0 + $1.readableBytes })
    return edited.pieces.map { String(buffer: $0) }.joined()
}

@Suite struct RequestFactsTests {
    @Test func findsWhatTheGatewayMustKnow() throws {
        let found = try facts(
            #"{"messages":[],"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true},"user":"u1","metadata":{"Team":"t"}}"#
        )
        #expect(found.model == "gpt-4o" && found.streams && found.asksForUsage)
        #expect(found.bodyTags.map(\.name) == ["user", "team"])
    }

    @Test(arguments: [
        #"{"model":"a","model":"b"}"#, #"{"model":"a","mod\u0065l":"b"}"#,
        #"{"model":"a","stream":true,"stream":false}"#,
        #"{"model":"a","stream_options":{"include_usage":true,"include_usage":false}}"#,
    ]) func refusesAGovernedNameWrittenTwice(_ body: String) {
        let error = #expect(throws: GatewayError.self) { try facts(body) }
        #expect(error?.code == .invalidRequest && error?.message.contains("twice") == true)
    }

    @Test(arguments: [
        "", "[]", "{", "{}", #"{"model":1}"#, #"{"model":""}"#, #"{"model":"a","stream":"yes"}"#, "null", "\u{0}",
    ])
    func refusesWhatIsNoRequest(_ body: String) {
        let error = #expect(throws: GatewayError.self) { try facts(body) }
        #expect(error?.code == .invalidRequest)
    }

    @Test func saysWhereABodyIsBroken() {
        let error = #expect(throws: GatewayError.self) { try facts("{\n \"model\": \"a\",\n oops}") }
        #expect(error?.message == "The body is not valid JSON: an unexpected character at line 3, column 2.")
    }
}

@Suite struct RequestRewriterTests {
    @Test func changesNothingWhenThereIsNothingToChange() throws {
        let body = " {\"z\": 1.0, \"model\" : \"a\"  ,\n\"x\":{\"k\":[1,2]}}\n"
        #expect(try rewritten(body) { $0.setModel("a") } == body)
    }

    @Test func splicesTheModelAndKeepsEveryOtherByte() throws {
        #expect(
            try rewritten("{ \"b\":1.00, \"model\":\"a\", \"c\":\"\\u0041\" }") { $0.setModel("x\"y") }
                == "{ \"b\":1.00, \"model\":\"x\\\"y\", \"c\":\"\\u0041\" }")
    }

    @Test func setsDefaultsOnlyWhereTheyAreMissing() throws {
        #expect(
            try rewritten(#"{"model":"a","t":1}"#) {
                $0.setDefault("t", json: Array("2".utf8))
                $0.setDefault("u", json: Array("3".utf8))
            } == #"{"u":3,"model":"a","t":1}"#)
    }

    @Test func forcesAMemberInEveryPlaceItStands() throws {
        #expect(
            try rewritten(#"{"model":"a","t":1,"t":2}"#) { $0.force("t", json: Array("9".utf8)) }
                == #"{"model":"a","t":9,"t":9}"#)
        #expect(try rewritten(#"{"model":"a"}"#) { $0.force("t", json: Array("9".utf8)) } == #"{"t":9,"model":"a"}"#)
    }

    @Test(arguments: [
        (#"{"model":"a"}"#, #"{"stream_options":{"include_usage":true},"model":"a"}"#),
        (#"{"model":"a","stream_options":null}"#, #"{"model":"a","stream_options":{"include_usage":true}}"#),
        (#"{"model":"a","stream_options":{}}"#, #"{"model":"a","stream_options":{"include_usage":true}}"#),
        (#"{"model":"a","stream_options":{"x":1}}"#, #"{"model":"a","stream_options":{"include_usage":true,"x":1}}"#),
        (
            #"{"stream_options":{"include_usage": false },"model":"a"}"#,
            #"{"stream_options":{"include_usage": true },"model":"a"}"#
        ),
    ]) func asksForUsage(_ body: String, _ expected: String) throws {
        #expect(try rewritten(body) { $0.askForUsage() } == expected)
    }
}

@Suite struct PassthroughTargetTests {
    @Test(arguments: [
        "openai/../secret", "openai/a/./b", "openai/a//b", "openai/a%2fb", "openai/a%2Fb", "openai/a\\b",
        "openai/a%5cb",
        "openai/@evil.example/", "openai/%2e%2e/x", "openai/a%00", "openai/%252e", "openai/a b",
    ]) func refusesPathsThatServersReadDifferently(_ rest: String) {
        #expect(throws: GatewayError.self) { try PassthroughTarget(rest: rest, query: nil) }
    }

    @Test(arguments: [
        ("openai/v1/files", "/v1", "/v1/files?x=1"), ("openai/files", "/v1", "/v1/files?x=1"),
        ("claude/v1/messages", "", "/v1/messages?x=1"), ("g/v1beta/models", "/v1beta", "/v1beta/models?x=1"),
        ("openai/v1x", "/v1", "/v1/v1x?x=1"),
    ]) func joinsThePathAndWritesAVersionOnce(_ rest: String, _ base: String, _ expected: String) throws {
        #expect(try PassthroughTarget(rest: rest, query: "x=1").joined(to: base) == expected)
    }
}

@Suite struct EndpointTests {
    @Test func findsEndpointsByMethodAndPath() {
        guard case .found(let endpoint, let rest) = match(.get, "/v1/models/openai/gpt-4o") else {
            return #expect(Bool(false))
        }
        #expect(endpoint.kind == .model && rest == "openai/gpt-4o")
        guard case .otherMethod(let allowed) = match(.get, "/v1/embeddings") else {
            return #expect(Bool(false))
        }
        #expect(allowed == ["POST"])
        guard case .none = match(.post, "/v1/chat/completions/") else { return #expect(Bool(false)) }
    }
}

@Suite struct ErrorBodyTests {
    @Test func writesEachDialectsShape() {
        let error = GatewayError(.modelNotFound, "No \"x\".", parameter: "model")
        #expect(
            String(buffer: ErrorBody.json(error, dialect: .openAI, requestID: "r"))
                == #"{"error":{"message":"No \"x\".","type":"invalid_request_error","param":"model","code":"model_not_found"}}"#
        )
        #expect(
            String(buffer: ErrorBody.json(error, dialect: .anthropic, requestID: "r"))
                == #"{"type":"error","error":{"type":"not_found_error","message":"No \"x\".","details":{"error_code":"model_not_found","parameter":"model"}},"request_id":"r"}"#
        )
    }
}
