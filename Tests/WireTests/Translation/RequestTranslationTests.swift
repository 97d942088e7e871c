import Core
import NIOCore
import Testing

@testable import Wire

@Suite struct RequestTranslationTests {
    private let toOpenAI = ChatTranslation.pair(.anthropicMessages, .openAIChat)
    private let toAnthropic = ChatTranslation.pair(.openAIChat, .anthropicMessages)

    private func translated(
        _ body: String, _ translation: ChatTranslation, _ mode: TranslationLosses.Mode = .lenient
    ) throws -> (body: String, dropped: [String]) {
        let request = try translation.request(ByteBuffer(string: body), model: "up", asksForUsage: true, mode)
        return (String(buffer: request.body), request.dropped)
    }

    @Test func openAIBecomesAnthropic() throws {
        let (body, dropped) = try translated(
            """
            {"model":"m","stream":true,"temperature":0.5,"stop":["a","b"],"user":"u\\u00fc","max_completion_tokens":50,
            "messages":[{"role":"system","content":"be kind"},{"role":"developer","content":"and short"},
            {"role":"user","content":[{"type":"text","text":"see"},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
            {"type":"image_url","image_url":{"url":"https://a.example/b.png"}}]},
            {"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function",
            "function":{"name":"f","arguments":"{\\"x\\": 1}"}},
            {"id":"t2","type":"function","function":{"name":"g","arguments":""}}]},
            {"role":"tool","tool_call_id":"t1","content":"one"},{"role":"tool","tool_call_id":"t2","content":"two"},
            {"role":"user","content":"go on"}],
            "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}],
            "tool_choice":"required","parallel_tool_calls":false,"seed":1}
            """, toAnthropic)
        #expect(
            body == #"{"model":"up","max_tokens":50,"system":[{"type":"text","text":"be kind"},"#
                + #"{"type":"text","text":"and short"}],"messages":[{"role":"user","content":["#
                + #"{"type":"text","text":"see"},{"type":"image","source":{"type":"base64","media_type":"image/png","#
                + #""data":"AAAA"}},{"type":"image","source":{"type":"url","url":"https://a.example/b.png"}}]},"#
                + #"{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{"x": 1}},"#
                + #"{"type":"tool_use","id":"t2","name":"g","input":{}}]},{"role":"user","content":["#
                + #"{"type":"tool_result","tool_use_id":"t1","content":"one"},"#
                + #"{"type":"tool_result","tool_use_id":"t2","content":"two"},{"type":"text","text":"go on"}]}],"#
                + #""tools":[{"name":"f","description":"d","input_schema":{"type":"object"}}],"#
                + #""tool_choice":{"type":"any","disable_parallel_tool_use":true},"temperature":0.5,"#
                + #""stop_sequences":["a","b"],"stream":true,"metadata":{"user_id":"u\u00fc"}}"#)
        #expect(dropped == ["seed"])
    }

    @Test func whatOnlyAnthropicHasReachesNobodyElse() throws {
        let (body, dropped) = try translated(
            """
            {"model":"m","max_tokens":5,"messages":[{"role":"user","content":"hi"}],"min_p":0.1,"container":null,
            "service_tier":"standard_only","context_management":{"edits":[]},"speed":"fast"}
            """, toOpenAI)
        #expect(dropped == ["context_management", "speed"])
        #expect(body.contains(#""min_p":0.1"#) && !body.contains("context_management"))
    }

    @Test func anthropicBecomesOpenAI() throws {
        let (body, dropped) = try translated(
            """
            {"model":"m","max_tokens":50,"system":[{"type":"text","text":"be kind","cache_control":{"type":"ephemeral"}}],
            "messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[
            {"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"I look"},
            {"type":"tool_use","id":"t1","name":"f","input":{"x":"\\u00fc"}}]},
            {"role":"user","content":[{"type":"text","text":"and"},
            {"type":"tool_result","tool_use_id":"t1","is_error":true,"content":[{"type":"text","text":"broken"}]}]}],
            "tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"tool","name":"f"},
            "thinking":{"type":"enabled","budget_tokens":4000},"top_k":5,"stop_sequences":["x"]}
            """, toOpenAI)
        #expect(
            body == #"{"model":"up","messages":[{"role":"system","content":"be kind"},{"role":"user","content":"hi"},"#
                + #"{"role":"assistant","content":"I look","reasoning_details":[{"type":"reasoning.text","text":"hm","#
                + #""signature":"s","index":0}],"tool_calls":[{"id":"t1","type":"function","function":{"name":"f","#
                + #""arguments":"{\"x\":\"\\u00fc\"}"}}]},{"role":"tool","tool_call_id":"t1","#
                + #""content":"Error: broken"},{"role":"user","content":"and"}],"tools":[{"type":"function","function":"#
                + #"{"name":"f","parameters":{"type":"object"}}}],"tool_choice":{"type":"function","function":"#
                + #"{"name":"f"}},"max_completion_tokens":50,"stop":["x"],"reasoning_effort":"medium"}"#)
        #expect(dropped == ["top_k"])
    }

    @Test func whatCannotBeSaidIsRefusedWhereTheClientIsStrict() {
        for (body, member) in [
            (#"{"model":"m","messages":[],"seed":1}"#, "seed"),
            (#"{"model":"m","messages":[],"response_format":{"type":"json_object"}}"#, "response_format"),
            (#"{"model":"m","messages":[{"role":"user","name":"n","content":"x"}]}"#, "messages[0].name"),
        ] {
            #expect(throws: TranslationError.self, "\(member)") { try translated(body, toAnthropic, .strict) }
            #expect((try? translated(body, toAnthropic).dropped) == [member])
        }
    }

    @Test func nonsenseIsRefusedWithItsPlace() {
        for (body, member) in [
            (#"{"model":"m"}"#, "messages"), (#"{"messages":[1]}"#, "messages[0]"),
            (#"{"messages":[{"role":"x"}]}"#, "messages[0].role"),
            (#"{"messages":[{"role":"user","content":[{"type":"text"}]}]}"#, "messages[0].content[0].text"),
            (
                #"{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}"#,
                "messages[0].content[0].image_url.url"
            ),
            (#"{"messages":[{"role":"tool","content":"x"}]}"#, "messages[0].tool_call_id"),
            (#"{"messages":[],"tools":[{"type":"web_search"}]}"#, "tools[0].type"),
            (#"{"messages":[],"tool_choice":5}"#, "tool_choice"),
            (
                #"{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"","format":"mp3"}}]}]}"#,
                "messages[0].content"
            ),
        ] {
            let error = #expect(throws: TranslationError.self) { try translated(body, toAnthropic) }
            #expect(error?.member == member)
        }
    }

    @Test(arguments: [
        (
            ThoughtsMember.details, #""reasoning_details":[{"type":"reasoning.text","text":"hm","signature":"c2ln","#,
            false
        ),
        (.content, #""reasoning_content":"hm"}"#, false), (.none, #""content":"well"}"#, true),
    ]) func thinkingGoesBackOnlyWhereItIsTaken(_ thoughts: ThoughtsMember, _ said: String, _ isTold: Bool) throws {
        let body = """
            {"model":"m","max_tokens":5,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[
            {"type":"thinking","thinking":"hm","signature":"c2ln"},{"type":"text","text":"well"}]}]}
            """
        let made = try toOpenAI.request(
            ByteBuffer(string: body), model: "up", asksForUsage: true, thoughts: thoughts, .lenient)
        #expect(String(buffer: made.body).contains(said))
        #expect(made.dropped == (isTold ? ["messages[1].reasoning"] : []))
    }
}
