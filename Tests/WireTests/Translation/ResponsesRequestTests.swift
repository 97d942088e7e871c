import Core
import NIOCore
import Testing

@testable import Wire

@Suite struct ResponsesRequestTests {
    private let toChat = ChatTranslation.pair(.responses, .openAIChat)
    private let toAnthropic = ChatTranslation.pair(.responses, .anthropicMessages)
    private let fromChat = ChatTranslation.pair(.openAIChat, .responses)
    private let fromAnthropic = ChatTranslation.pair(.anthropicMessages, .responses)

    private func translated(
        _ body: String, _ translation: ChatTranslation, _ mode: TranslationLosses.Mode = .lenient
    ) throws -> (body: String, dropped: [String]) {
        let request = try translation.request(ByteBuffer(string: body), model: "up", asksForUsage: false, mode)
        return (String(buffer: request.body), request.dropped)
    }

    /// What a coding agent sends in its second turn.
    private let agent = """
        {"model":"m","instructions":"be kind","store":false,"include":["reasoning.encrypted_content"],"stream":true,
        "prompt_cache_key":"k","text":{"verbosity":"low"},"reasoning":{"effort":"high","summary":"auto"},
        "input":[{"type":"message","role":"developer","content":[{"type":"input_text","text":"and short"}]},
        {"type":"message","role":"user","content":[{"type":"input_text","text":"s\\u00e9e"},
        {"type":"input_image","image_url":"data:image/png;base64,AAAA","detail":"auto"}]},
        {"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}],
        "encrypted_content":"headgate.signature.sig"},
        {"type":"reasoning","summary":[],"encrypted_content":"headgate.data.sealed"},
        {"type":"message","role":"assistant","content":[{"type":"output_text","text":"I look"}]},
        {"type":"function_call","call_id":"t1","name":"find","namespace":"mcp__docs","arguments":"{\\"x\\": 1}"},
        {"type":"custom_tool_call","call_id":"t2","name":"patch","input":"*** a\\n\\"b\\""},
        {"type":"function_call_output","call_id":"t1","output":"one"},
        {"type":"custom_tool_call_output","call_id":"t2","output":[{"type":"input_text","text":"two"}]}],
        "tools":[{"type":"namespace","name":"mcp__docs","description":"d","tools":[{"type":"function","name":"find",
        "parameters":{"type":"object"},"strict":false}]},
        {"type":"custom","name":"patch","description":"Edits","format":{"type":"grammar","syntax":"lark",
        "definition":"start: A"}},{"type":"web_search"}],"tool_choice":"auto","parallel_tool_calls":false}
        """

    private let patchSchema =
        #"{"type":"object","properties":{"input":{"type":"string","description":"#
        + #""The whole input of the tool."}},"required":["input"],"additionalProperties":false}"#
    private let patchDescription = #""Edits\n\nThe input is text of this grammar (lark):\nstart: A""#

    @Test func anAgentsTurnBecomesAnthropics() throws {
        let (body, dropped) = try translated(agent, toAnthropic)
        #expect(
            body == #"{"model":"up","max_tokens":8192,"system":[{"type":"text","text":"be kind"},"#
                + #"{"type":"text","text":"and short"}],"messages":[{"role":"user","content":["#
                + #"{"type":"text","text":"s\u00e9e"},{"type":"image","source":{"type":"base64","#
                + #""media_type":"image/png","data":"AAAA"}}]},{"role":"assistant","content":["#
                + #"{"type":"thinking","thinking":"hm","signature":"sig"},"#
                + #"{"type":"redacted_thinking","data":"sealed"},{"type":"text","text":"I look"},"#
                + #"{"type":"tool_use","id":"t1","name":"mcp__docs__find","input":{"x": 1}},"#
                + #"{"type":"tool_use","id":"t2","name":"patch","input":{"input":"*** a\n\"b\""}}]},"#
                + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"one"},"#
                + #"{"type":"tool_result","tool_use_id":"t2","content":"two"}]}],"#
                + #""tools":[{"name":"mcp__docs__find","input_schema":{"type":"object"},"strict":false},"#
                + #"{"name":"patch","description":"# + patchDescription + #","input_schema":"# + patchSchema
                + #"}],"tool_choice":{"type":"auto","disable_parallel_tool_use":true},"#
                + #""thinking":{"type":"adaptive"},"output_config":{"effort":"high"},"stream":true}"#)
        #expect(dropped == ["tools[0].description", "tools[2].web_search", "verbosity"])
    }

    @Test func anAgentsTurnBecomesAChat() throws {
        let (body, dropped) = try translated(agent, toChat)
        #expect(
            body == #"{"model":"up","messages":[{"role":"system","content":"be kind\nand short"},"#
                + #"{"role":"user","content":[{"type":"text","text":"s\u00e9e"},{"type":"image_url","#
                + #""image_url":{"url":"data:image/png;base64,AAAA"}}]},{"role":"assistant","content":"I look","#
                + #""reasoning_details":[{"type":"reasoning.text","text":"hm","signature":"sig","index":0},"#
                + #"{"type":"reasoning.encrypted","data":"sealed","index":1}],"tool_calls":["#
                + #"{"id":"t1","type":"function","function":{"name":"mcp__docs__find","arguments":"{\"x\": 1}"}},"#
                + #"{"id":"t2","type":"function","function":{"name":"patch","#
                + #""arguments":"{\"input\":\"*** a\\n\\\"b\\\"\"}"}}]},"#
                + #"{"role":"tool","tool_call_id":"t1","content":"one"},"#
                + #"{"role":"tool","tool_call_id":"t2","content":"two"}],"tools":[{"type":"function","function":"#
                + #"{"name":"mcp__docs__find","parameters":{"type":"object"},"strict":false}},{"type":"function","#
                + #""function":{"name":"patch","description":"# + patchDescription + #","parameters":"# + patchSchema
                + #"}}],"tool_choice":"auto","parallel_tool_calls":false,"reasoning_effort":"high","#
                + #""stream":true,"verbosity":"low"}"#)
        #expect(dropped == ["tools[0].description", "tools[2].web_search"])
    }

    @Test func aChatBecomesAResponse() throws {
        let (body, dropped) = try translated(
            """
            {"model":"m","max_completion_tokens":50,"user":"u","seed":1,"stop":"x","n":1,"stream":true,
            "stream_options":{"include_usage":true},"reasoning_effort":"low","verbosity":"low","metadata":{"a":"b"},
            "messages":[{"role":"system","content":"be kind"},{"role":"user","content":[{"type":"text","text":"see"},
            {"type":"image_url","image_url":{"url":"https://a.example/b.png","detail":"low"}}]},
            {"role":"assistant","content":"I look","reasoning_details":[{"type":"reasoning.text","text":"hm",
            "signature":"openai.enc"}],"tool_calls":[{"id":"t1","type":"function","function":{"name":"f",
            "arguments":"{\\"x\\": 1}"}}]},{"role":"tool","tool_call_id":"t1","content":"one"}],
            "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],
            "tool_choice":{"type":"function","function":{"name":"f"}},
            "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}}}
            """, fromChat)
        #expect(
            body == #"{"model":"up","instructions":"be kind","input":[{"type":"message","role":"user","content":["#
                + #"{"type":"input_text","text":"see"},{"type":"input_image","image_url":"https://a.example/b.png","#
                + #""detail":"low"}]},{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}],"#
                + #""encrypted_content":"enc"},{"type":"message","role":"assistant","content":["#
                + #"{"type":"output_text","text":"I look"}]},{"type":"function_call","call_id":"t1","name":"f","#
                + #""arguments":"{\"x\": 1}"},{"type":"function_call_output","call_id":"t1","output":"one"}],"#
                + #""tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":false}],"#
                + #""tool_choice":{"type":"function","name":"f"},"max_output_tokens":50,"text":{"format":"#
                + #"{"type":"json_schema","name":"n","schema":{},"strict":true},"verbosity":"low"},"#
                + #""reasoning":{"effort":"low"},"include":["reasoning.encrypted_content"],"user":"u","#
                + #""metadata":{"a":"b"},"store":false,"stream":true}"#)
        #expect(dropped == ["stop", "seed"])
    }

    @Test func aMessageBecomesAResponse() throws {
        let (body, dropped) = try translated(
            """
            {"model":"m","max_tokens":50,"system":"be kind","thinking":{"type":"enabled","budget_tokens":9000},
            "messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[
            {"type":"thinking","thinking":"hm","signature":"theirs"},{"type":"tool_use","id":"t1","name":"f","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","is_error":true,"content":[
            {"type":"text","text":"broken"},{"type":"image","source":{"type":"base64","media_type":"image/png",
            "data":"AA"}}]}]}],"tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"any"}}
            """, fromAnthropic)
        #expect(
            body == #"{"model":"up","instructions":"be kind","input":[{"type":"message","role":"user","content":["#
                + #"{"type":"input_text","text":"hi"}]},{"type":"function_call","call_id":"t1","name":"f","#
                + #""arguments":"{}"},{"type":"function_call_output","call_id":"t1","output":["#
                + #"{"type":"input_text","text":"Error:"},{"type":"input_text","text":"broken"},"#
                + #"{"type":"input_image","image_url":"data:image/png;base64,AA","detail":"auto"}]}],"#
                + #""tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":false}],"#
                + #""tool_choice":"required","max_output_tokens":50,"reasoning":{"effort":"high","summary":"auto"},"#
                + #""include":["reasoning.encrypted_content"],"store":false}"#)
        #expect(dropped == ["messages[1].reasoning"])
    }

    @Test func ofAllToolsOnlyTheAllowedAreOffered() throws {
        let (body, _) = try translated(
            """
            {"model":"m","input":"hi","tools":[{"type":"function","name":"f"},{"type":"function","name":"g"}],
            "tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"g"}]}}
            """, toChat)
        #expect(body.contains(#""tools":[{"type":"function","function":{"name":"g"}}],"tool_choice":"required""#))
    }

    @Test func namesThatAreTooLongStayApart() {
        let space = RawText("mcp__" + String(repeating: "s", count: 60))
        let names = ["one", "two"].map { ToolAlias.flat(RawText($0), in: space).string }
        #expect(names[0] != names[1] && names.allSatisfy { $0.utf8.count <= 64 })
        #expect(ToolAlias.flat(RawText("f"), in: RawText("mcp__a__")).string == "mcp__a__f")
    }

    @Test func whatAsksForNothingIsNoLoss() throws {
        let (_, dropped) = try translated(
            """
            {"model":"m","input":"hi","store":false,"truncation":"disabled","top_logprobs":0,"metadata":{"a":"b"},
            "max_tool_calls":3,"include":["web_search_call.results"],"stream_options":{"include_obfuscation":false},
            "text":{"format":{"type":"text"},"verbosity":"medium"},"previous_response_id":null,"background":false,
            "service_tier":"auto","tools":[],"tool_choice":"auto"}
            """, toAnthropic, .strict)
        #expect(dropped.isEmpty)
    }

    @Test func whatOnlyOpenAICanDoIsRefusedWhereTheClientIsStrict() {
        for (members, member) in [
            (#""store":true"#, "store"), (#""truncation":"auto""#, "truncation"),
            (#""context_management":[]"#, "context_management"),
            (#""tools":[{"type":"web_search"}]"#, "tools[0].web_search"), (#""frob":1"#, "frob"),
            (#""input":[{"type":"web_search_call","id":"w"}]"#, "input[0].web_search_call"),
            (
                #""input":[{"type":"reasoning","summary":[],"encrypted_content":"gAAA"}]"#,
                "input[0].encrypted_content"
            ),
        ] {
            let body = members.contains(#""input""#) ? "{\(members)}" : #"{"input":"hi",\#(members)}"#
            #expect(throws: TranslationError.self, "\(member)") { try translated(body, toChat, .strict) }
            #expect((try? translated(body, toChat).dropped) == [member])
        }
    }

    @Test func whatIsLeftOutIsNamedUpToABound() throws {
        let items = Array(repeating: #"{"type":"web_search_call"}"#, count: 20_000).joined(separator: ",")
        let tools = (0..<5000).map { #"{"type":"function","name":"f\#($0)"}"# }.joined(separator: ",")
        let (_, dropped) = try translated(#"{"input":[\#(items)],"tools":[\#(tools)]}"#, toChat)
        #expect(dropped.count == 65 && dropped.last == "...")
        let name = String(repeating: "n", count: 10_000)
        #expect(try translated(#"{"input":"x","\#(name)":1}"#, toChat).dropped == [String(name.prefix(128))])
    }

    @Test func nonsenseIsRefusedWithItsPlace() {
        for (body, member) in [
            ("{}", "input"), (#"{"input":5}"#, "input"), (#"{"input":[1]}"#, "input[0]"),
            (#"{"input":[{"role":"x","content":"a"}]}"#, "input[0].role"),
            (#"{"input":[{"role":"user"}]}"#, "input[0].content"),
            (#"{"input":[{"role":"user","content":[{"type":"input_text"}]}]}"#, "input[0].content[0].text"),
            (#"{"input":[{"role":"user","content":[{"type":"input_image"}]}]}"#, "input[0].content[0].image_url"),
            (#"{"input":[{"role":"user","content":[{"type":"input_file"}]}]}"#, "input[0].content[0]"),
            (#"{"input":[{"type":"function_call","call_id":"1"}]}"#, "input[0].name"),
            (#"{"input":[{"type":"function_call_output","output":"x"}]}"#, "input[0].call_id"),
            (#"{"input":[{"type":"compaction","encrypted_content":"x"}]}"#, "input[0]"),
            (#"{"input":"x","previous_response_id":"r"}"#, "previous_response_id"),
            (#"{"input":"x","tools":[{"type":"mcp"}]}"#, "tools[0]"), (#"{"input":"x","tools":[{}]}"#, "tools[0].type"),
            (#"{"input":"x","tools":[{"type":"function"}]}"#, "tools[0].name"),
            (#"{"input":"x","tools":[{"type":"custom","name":"f"},{"type":"function","name":"f"}]}"#, "tools[1].name"),
            (#"{"input":"x","tool_choice":5}"#, "tool_choice"),
            (#"{"input":"x","tool_choice":{"type":"file_search"}}"#, "tool_choice"),
            (#"{"input":"x","text":{"format":{"type":"json_schema"}}}"#, "text.format.schema"),
        ] {
            let error = #expect(throws: TranslationError.self, "\(body)") { try translated(body, toAnthropic) }
            #expect(error?.member == member)
        }
    }
}
