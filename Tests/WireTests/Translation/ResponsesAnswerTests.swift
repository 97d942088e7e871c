import Core
import NIOCore
import Testing

@testable import Wire

@Suite struct ResponsesAnswerTests {
    private func translated(
        _ body: String, _ client: ChatFormat, _ provider: ChatFormat, _ echo: ChatRequestEcho? = nil
    ) -> String? {
        var usage = TokenUsage()
        usage.inputUncached = 9
        usage.output = 20
        var context = ChatAnswerContext.test
        context.echo = echo
        return ChatTranslation.pair(client, provider)
            .answer(ByteBuffer(string: body), usage: usage, context).map { String(buffer: $0) }
    }

    private let response = """
        {"id":"resp_1","model":"gpt-x","status":"completed","output":[
        {"type":"reasoning","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}],
        "encrypted_content":"enc"},{"type":"reasoning","summary":[],"encrypted_content":"more"},
        {"type":"web_search_call","id":"ws"},
        {"type":"message","content":[{"type":"output_text","text":"gr\\u00fc"}]},
        {"type":"function_call","call_id":"t1","name":"f","arguments":"{\\"x\\": 1}"}]}
        """

    @Test func aResponseBecomesAMessage() {
        #expect(
            translated(response, .anthropicMessages, .responses)
                == #"{"id":"resp_1","type":"message","role":"assistant","model":"gpt-x","content":["#
                + #"{"type":"thinking","thinking":"a\n\nb","signature":"openai.enc"},"#
                + #"{"type":"redacted_thinking","data":"openai.more"},{"type":"text","text":"gr\u00fc"},"#
                + #"{"type":"tool_use","id":"t1","name":"f","input":{"x": 1}}],"stop_reason":"tool_use","#
                + #""stop_sequence":null,"usage":{"input_tokens":9,"cache_creation_input_tokens":0,"#
                + #""cache_read_input_tokens":0,"output_tokens":20}}"#)
    }

    @Test func aResponseBecomesAChat() throws {
        let chat = try #require(translated(response, .openAIChat, .responses))
        #expect(chat.contains(#""content":"gr\u00fc","refusal":null,"reasoning_content":"a\n\nb""#))
        #expect(chat.contains(#""arguments":"{\"x\": 1}""#) && chat.contains(#""finish_reason":"tool_calls""#))
    }

    @Test func whyAResponseEndedIsToldElsewhere() throws {
        for (members, word) in [
            (#""status":"completed","output":[{"type":"message","content":[]}]"#, "stop"),
            (#""status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[]"#, "length"),
            (#""status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[]"#, "content_filter"),
            (#""output":[{"type":"message","content":[{"type":"refusal","refusal":"no"}]}]"#, "content_filter"),
        ] {
            let chat = try #require(translated("{\(members)}", .openAIChat, .responses))
            #expect(chat.contains(#""finish_reason":"\#(word)""#), "\(members)")
        }
        #expect(translated(#"{"status":"failed","error":{},"output":[]}"#, .openAIChat, .responses) == nil)
        #expect(translated(#"{"choices":[]}"#, .openAIChat, .responses) == nil)
    }

    @Test func aMessageBecomesAResponseThatRepeatsItsRequest() throws {
        let request = try ResponsesCoding.readRequest(
            ByteBuffer(
                string: #"{"model":"m","input":"x","instructions":"be\u0020kind","temperature":0.50,"#
                    + #""metadata":{"a":"b"},"tools":[{"type":"custom","name":"p"}],"tool_choice":"required","user":"u"}"#
            ))
        let answer =
            #"{"id":"msg_1","model":"claude-x","content":[{"type":"thinking","thinking":"hm","signature":"s"},"#
            + #"{"type":"text","text":"t"},{"type":"tool_use","id":"t1","name":"p","input":{"input":"a\nb"}}],"#
            + #""stop_reason":"tool_use"}"#
        #expect(
            translated(answer, .responses, .anthropicMessages, request.echo)
                == #"{"id":"resp_msg_1","object":"response","created_at":5,"model":"claude-x","background":false,"#
                + #""instructions":"be\u0020kind","max_output_tokens":null,"max_tool_calls":null,"metadata":{"a":"b"},"#
                + #""parallel_tool_calls":true,"previous_response_id":null,"prompt_cache_key":null,"#
                + #""reasoning":{"effort":null,"summary":null},"safety_identifier":null,"temperature":0.50,"#
                + #""text":{"format":{"type":"text"}},"tool_choice":"required","tools":[{"type":"custom","name":"p"}],"#
                + #""top_logprobs":0,"top_p":1.0,"truncation":"disabled","user":"u","service_tier":"default","store":false,"#
                + #""status":"completed","error":null,"incomplete_details":null,"output":["#
                + #"{"id":"rs_msg_1_0","type":"reasoning","summary":[{"type":"summary_text","text":"hm"}],"#
                + #""encrypted_content":"headgate.signature.s"},{"id":"msg_msg_1_1","type":"message","#
                + #""status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"#
                + #""logprobs":[],"text":"t"}]},{"id":"ctc_msg_1_2","type":"custom_tool_call","status":"completed","#
                + #""call_id":"t1","name":"p","input":"a\nb"}],"usage":{"input_tokens":9,"input_tokens_details":"#
                + #"{"cached_tokens":0,"cache_write_tokens":0},"output_tokens":20,"output_tokens_details":"#
                + #"{"reasoning_tokens":0},"total_tokens":29}}"#)
    }

    @Test func argumentsThatHoldNoInputAreTheInput() {
        let alias = ToolAlias(name: RawText("p"), namespace: nil, isCustom: true)
        let echo = ChatRequestEcho(members: ByteBuffer(), aliases: [alias])
        for (arguments, input) in [
            (#"{\"input\":\"x\"}"#, "x"), ("plain", "plain"), (#"{\"other\":1}"#, #"{\"other\":1}"#), ("", ""),
        ] {
            var item = ResponseItem(
                callOf: ByteBuffer(string: "p"), id: ByteBuffer(string: "t"), echo, suffix: ByteBuffer(), index: 0)
            item.body = ByteBuffer(string: arguments)
            #expect(String(buffer: item.customInput) == input)
        }
    }

    @Test func theLimitOfTokensHasTheNameOfItsEndpoint() throws {
        for (path, body, expected) in [
            ("/v1/responses", #"{"model":"m","max_output_tokens":5,"max_tokens":7}"#, 5),
            ("/v1/chat/completions", #"{"model":"m","max_output_tokens":5,"max_tokens":7}"#, 7),
            ("/v1/responses", #"{"model":"m","max_tokens":7}"#, nil),
        ] {
            let endpoint = try #require(Endpoints.all.first { $0.pattern == path })
            let facts = try RequestFacts(body: ByteBuffer(string: body), endpoint: endpoint, wantsTags: true)
            #expect(facts.maxTokens == expected)
        }
    }
}
