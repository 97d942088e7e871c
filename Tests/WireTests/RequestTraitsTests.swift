import NIOCore
import Testing
import Wire

/// What conditions learn of a request's body, in each client's dialect.
@Suite struct RequestTraitsTests {
    private static func words(_ body: String, _ endpoint: EndpointKind) -> Set<String> {
        let traits = RequestTraits(body: ByteBuffer(string: body), endpoint: endpoint)
        let all = [
            ("tools", traits.hasTools), ("images", traits.hasImages), ("audio", traits.hasAudio),
            ("documents", traits.hasDocuments), ("schema", traits.asksForSchema),
            ("reasoning", traits.asksForReasoning),
        ]
        return Set(all.filter(\.1).map(\.0))
    }

    @Test(
        arguments: [
            (#"{"messages":[{"role":"user","content":"an image_url, a file"}],"tools":[ ]}"#, []),
            (
                #"{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{}}]}]}"#,
                ["images"]
            ),
            (
                #"{"messages":[{"content":[{"type":"input_audio"},{"type":"file"}]}],"functions":[{}]}"#,
                ["audio", "documents", "tools"]
            ),
            (
                #"{"messages":[],"tools":[{"type":"function"}],"response_format":{"type":"json_schema"}}"#,
                ["tools", "schema"]
            ),
            (#"{"messages":[],"response_format":{"type":"json_object"},"reasoning_effort":"none"}"#, []),
            (#"{"messages":[],"reasoning_effort":"low"}"#, ["reasoning"]), (#"{"reasoning":{"enabled":false}}"#, []),
            // What a tool was called with is no part of the message.
            (#"{"messages":[{"tool_calls":[{"type":"image_url"}],"content":null}]}"#, []),
            ("[1]", []), ("nonsense", []), (#"{"messages":"x","tools":{}}"#, []),
        ] as [(String, Set<String>)]) func ofChats(_ body: String, _ expected: Set<String>)
    {
        #expect(Self.words(body, .chatCompletions) == expected)
    }

    @Test(
        arguments: [
            (#"{"input":"input_image"}"#, []),
            (
                #"{"input":[{"role":"user","content":[{"type":"input_image"},{"type":"input_file"}]}]}"#,
                ["images", "documents"]
            ),
            (#"{"input":[{"type":"function_call_output","output":[{"type":"input_image"}]}]}"#, ["images"]),
            (
                #"{"text":{"format":{"type":"json_schema"}},"reasoning":{"effort":"high"},"tools":[{}]}"#,
                ["schema", "reasoning", "tools"]
            ),
            (#"{"text":{"format":{"type":"text"}},"reasoning":null}"#, []),
        ] as [(String, Set<String>)]) func ofResponses(_ body: String, _ expected: Set<String>)
    {
        #expect(Self.words(body, .responses) == expected)
    }

    @Test(
        arguments: [
            (
                #"{"messages":[{"role":"user","content":[{"type":"image"},{"type":"document"}]}]}"#,
                ["images", "documents"]
            ),
            (#"{"messages":[{"content":[{"type":"tool_result","content":[{"type":"image"}]}]}]}"#, ["images"]),
            (
                #"{"messages":[{"content":[{"type":"tool_use","input":{"type":"image","content":[{"type":"x"}]}}]}]}"#,
                []
            ),
            (
                #"{"thinking":{"type":"adaptive"},"output_config":{"format":{"type":"json_schema"}}}"#,
                ["reasoning", "schema"]
            ),
            (
                #"{"thinking":{"type":"disabled"},"output_format":{"type":"json_schema"},"tools":[{}]}"#,
                ["schema", "tools"]
            ),
        ] as [(String, Set<String>)]) func ofMessages(_ body: String, _ expected: Set<String>)
    {
        #expect(Self.words(body, .messages) == expected)
    }

    @Test(
        arguments: [
            (
                #"{"contents":[{"parts":[{"text":"a"},{"inlineData":{"mimeType":"image/png","data":"x"}}]}]}"#,
                ["images"]
            ),
            (
                #"{"contents":[{"parts":[{"file_data":{"mime_type":"application/pdf"}},{"inline_data":{"mime_type":"audio/wav"}}]}]}"#,
                ["documents", "audio"]
            ),
            (
                #"{"tools":[{}],"generation_config":{"response_schema":{},"thinking_config":{"thinking_budget":0}}}"#,
                ["tools", "schema"]
            ),
            (#"{"generationConfig":{"thinkingConfig":{"thinkingLevel":"low"}}}"#, ["reasoning"]),
            (#"{"generationConfig":{"thinkingConfig":{"thinkingBudget":-1}},"tools":[]}"#, ["reasoning"]),
        ] as [(String, Set<String>)]) func ofContents(_ body: String, _ expected: Set<String>)
    {
        #expect(Self.words(body, .generateContent) == expected)
    }
}
