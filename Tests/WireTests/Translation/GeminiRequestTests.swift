import Core
import NIOCore
import Testing

@testable import Wire

@Suite struct GeminiRequestTests {
    private func translated(
        _ body: String, _ client: ChatFormat, _ provider: ChatFormat, model: String = "gemini-3-pro",
        _ mode: TranslationLosses.Mode = .lenient
    ) throws -> (body: String, dropped: [String]) {
        let request = try ChatTranslation.pair(client, provider).request(
            ByteBuffer(string: body), model: ServedModel(model), asksForUsage: true, mode)
        return (String(buffer: request.body), request.dropped)
    }

    private static let gemini = """
        {"system_instruction":{"parts":[{"text":"be kind"}]},"contents":[{"role":"user","parts":[{"text":"see"},
        {"inline_data":{"mime_type":"image/png","data":"_-AA"}}]},
        {"role":"model","parts":[{"text":"hm","thought":true,"thoughtSignature":"R29vZ2xl"},
        {"functionCall":{"name":"f","args":{"x":"\\u00fc"}},"thoughtSignature":"R29vZ2xl"},
        {"functionCall":{"name":"f","args":{}}},{"function_call":{"id":"g7","name":"g"}}]},
        {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"one"}}},
        {"functionResponse":{"name":"f","response":{"error":"broken"}}},
        {"functionResponse":{"id":"g7","name":"g","response":{"a":1,"b":2}}}]}],
        "tools":[{"functionDeclarations":[{"name":"f","description":"d","parameters":{"type":"OBJECT",
        "properties":{"x":{"type":"STRING","nullable":true,"maxLength":"5"}},"required":["x"]}},
        {"name":"g","parametersJsonSchema":{"type":"object"}}]}],
        "toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},
        "generationConfig":{"temperature":0.5,"topP":0.9,"topK":5,"maxOutputTokens":"50","stopSequences":["a"],"seed":3,
        "thinkingConfig":{"thinkingBudget":4000},"responseMimeType":"application/json",
        "responseSchema":{"type":"OBJECT","properties":{"n":{"type":"INTEGER"}},"propertyOrdering":["n"]}},
        "safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE"}]}
        """

    @Test func geminiBecomesOpenAI() throws {
        let (body, dropped) = try translated(Self.gemini, .gemini, .openAIChat, model: "up")
        #expect(
            body
                == [
                    #"{"model":"up","messages":[{"role":"system","content":"be kind"},{"role":"user","#,
                    #""content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"#,
                    #""data:image/png;base64,/+AA"}}]},{"role":"assistant","content":null,"reasoning_details":[{"type":"#,
                    #""reasoning.text","text":"hm","index":0}],"tool_calls":[{"id":"call_0","type":"function","#,
                    #""function":{"name":"f","arguments":"{\"x\":\"\\u00fc\"}"}},{"id":"call_1","type":"function","#,
                    #""function":{"name":"f","arguments":"{}"}},{"id":"g7","type":"function","function":{"name":"g","#,
                    #""arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_0","content":"one"},{"role":"tool","#,
                    #""tool_call_id":"call_1","content":"Error: broken"},{"role":"tool","tool_call_id":"g7","content":"#,
                    #""{\"a\":1,\"b\":2}"}],"tools":[{"type":"function","function":{"name":"f","description":"d","#,
                    #""parameters":{"type":"object","properties":{"x":{"type":["string","null"],"maxLength":5}},"#,
                    #""required":["x"],"additionalProperties":false}}}],"tool_choice":{"type":"function","function":"#,
                    #"{"name":"f"}},"response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":"#,
                    #"{"type":"object","properties":{"n":{"type":"integer"}},"additionalProperties":false},"#,
                    #""strict":false}},"max_completion_tokens":50,"temperature":0.5,"top_p":0.9,"stop":["a"],"#,
                    #""reasoning_effort":"medium","seed":3}"#,
                ].joined())
        #expect(dropped == ["safetySettings", "top_k"])
    }

    @Test func geminiBecomesAnthropic() throws {
        let (body, dropped) = try translated(Self.gemini, .gemini, .anthropicMessages, model: "up")
        #expect(
            body.contains(
                [
                    #"{"role":"assistant","content":[{"type":"tool_use","id":"call_0","name":"f","input":{"x":"\u00fc"}},"#,
                    #"{"type":"tool_use","id":"call_1","name":"f","input":{}},{"type":"tool_use","id":"g7","#,
                    #""name":"g","input":{}}]},{"role":"user","content":[{"type":"tool_result","#,
                    #""tool_use_id":"call_0","content":"one"},{"type":"tool_result","tool_use_id":"call_1","#,
                    #""content":"broken","is_error":true},{"type":"tool_result","tool_use_id":"g7","content":"#,
                    #""{\"a\":1,\"b\":2}"}]}"#,
                ].joined()))
        #expect(!body.contains("top_k"))
        #expect(body.contains(#""thinking":{"type":"enabled","budget_tokens":4000}"#))
        #expect(
            dropped == ["safetySettings", "contents[1].parts.reasoning", "temperature", "top_p", "top_k", "seed"])
    }

    @Test func openAIBecomesGemini() throws {
        let (body, dropped) = try translated(
            """
            {"model":"m","stream":true,"temperature":0.5,"stop":"a","max_completion_tokens":50,"n":1,"seed":1,"user":"u",
            "messages":[{"role":"system","content":"be kind"},{"role":"user","content":[{"type":"text","text":"see"},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
            {"type":"image_url","image_url":{"url":"https://a.example/b.png?x"}}]},
            {"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function",
            "function":{"name":"f","arguments":"{\\"x\\": 1}"},"extra_content":{"google":{"thought_signature":"c2ln"}}},
            {"id":"t2","type":"function","function":{"name":"g","arguments":""}}]},
            {"role":"tool","tool_call_id":"t1","content":"one"},{"role":"tool","tool_call_id":"t2","content":"{\\"b\\":2}"},
            {"role":"user","content":"go on"}],
            "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}],
            "tool_choice":{"type":"function","function":{"name":"f"}},"reasoning_effort":"low",
            "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}}
            """, .openAIChat, .gemini)
        #expect(
            body
                == [
                    #"{"systemInstruction":{"parts":[{"text":"be kind"}]},"contents":[{"role":"user","parts":["#,
                    #"{"text":"see"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"fileData":{"mimeType":"#,
                    #""image/png","fileUri":"https://a.example/b.png?x"}}]},{"role":"model","parts":[{"functionCall":"#,
                    #"{"id":"t1","name":"f","args":{"x": 1}},"thoughtSignature":"c2ln"},{"functionCall":{"id":"t2","#,
                    #""name":"g","args":{}}}]},{"role":"user","parts":[{"functionResponse":{"id":"t1","name":"f","#,
                    #""response":{"output":"one"}}},{"functionResponse":{"id":"t2","name":"g","response":{"b":2}}},"#,
                    #"{"text":"go on"}]}],"tools":[{"functionDeclarations":[{"name":"f","description":"d","#,
                    #""parametersJsonSchema":{"type":"object"}}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","#,
                    #""allowedFunctionNames":["f"]}},"generationConfig":{"maxOutputTokens":50,"temperature":0.5,"#,
                    #""stopSequences":["a"],"responseMimeType":"application/json","responseJsonSchema":"#,
                    #"{"type":"object"},"thinkingConfig":{"thinkingLevel":"low","includeThoughts":true},"#,
                    #""candidateCount":1,"seed":1}}"#,
                ].joined())
        #expect(dropped == ["user"])
    }

    @Test func anthropicBecomesGemini() throws {
        let text = """
            {"model":"m","max_tokens":50,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[
            {"type":"thinking","thinking":"hm","signature":"no base64"},{"type":"text","text":"I look"},
            {"type":"thinking","thinking":"","signature":"dGV4dA=="},
            {"type":"tool_use","id":"t1","name":"f","input":{}},{"type":"thinking","thinking":"","signature":"Y2FsbA=="}]},
            {"role":"user","content":[{"type":"text","text":"and"},
            {"type":"tool_result","tool_use_id":"t1","is_error":true,"content":[{"type":"text","text":"broken"}]}]}],
            "thinking":{"type":"disabled"},"metadata":{"user_id":"u"}}
            """
        let (body, dropped) = try translated(text, .anthropicMessages, .gemini, model: "gemini-2.5-flash")
        #expect(
            body
                == [
                    #"{"contents":[{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":[{"text":"hm","#,
                    #""thought":true},{"text":"I look","thoughtSignature":"dGV4dA=="},{"functionCall":{"id":"t1","#,
                    #""name":"f","args":{}},"thoughtSignature":"Y2FsbA=="}]},{"role":"user","parts":["#,
                    #"{"functionResponse":{"id":"t1","name":"f","response":{"error":"broken"}}},{"text":"and"}]}],"#,
                    #""generationConfig":{"maxOutputTokens":50,"thinkingConfig":{"thinkingBudget":0,"#,
                    #""includeThoughts":false}}}"#,
                ].joined())
        #expect(dropped == ["messages[1].content.reasoning", "user"])
    }

    @Test func callsThatAreNotGeminisAreExcusedWhereSignaturesAreAskedFor() throws {
        let body = """
            {"model":"m","messages":[{"role":"assistant","content":null,"tool_calls":[
            {"id":"a","function":{"name":"f","arguments":"{}"}},{"id":"b","function":{"name":"f","arguments":"{}"}}]}]}
            """
        let excused = #"{"functionCall":{"id":"a","name":"f","args":{}},"thoughtSignature":"skip_thought_"#
        #expect(try translated(body, .openAIChat, .gemini, model: "gemini-3-flash").body.contains(excused))
        #expect(!(try translated(body, .openAIChat, .gemini, model: "gemini-2.5-pro").body.contains("thoughtSig")))
    }

    @Test func whatAnotherProviderSignedComesBackAsItWas() throws {
        for (answer, block) in [
            (
                #"{"content":[{"type":"thinking","thinking":"hm","signature":"a+/b=="}]}"#,
                #"{"type":"thinking","thinking":"hm","signature":"a+/b=="}"#
            ),
            (
                #"{"content":[{"type":"redacted_thinking","data":"a/\u002b"}]}"#,
                #""redacted_thinking","data":"a/\u002b""#
            ),
        ] {
            let told = try #require(
                ChatTranslation.pair(.gemini, .anthropicMessages).answer(
                    ByteBuffer(string: answer), usage: TokenUsage(), .test))
            let parts = try #require(
                String(buffer: told).split(separator: #""content":"#).last?.split(separator: ",\"finish").first)
            // As Google's SDKs write base64.
            let sent = parts.replacing("+", with: "-").replacing("/", with: "_")
            let body = "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"x\"}]},\(sent)]}"
            #expect(try translated(body, .gemini, .anthropicMessages).body.contains(block))
        }
    }

    @Test func severalAllowedFunctionsAreTheOnlyOnesOffered() throws {
        let (body, _) = try translated(
            """
            {"contents":[],"tools":[{"function_declarations":[{"name":"a"},{"name":"b"},{"name":"c"}]}],
            "tool_config":{"function_calling_config":{"mode":"any","allowed_function_names":["a","c"]}}}
            """, .gemini, .openAIChat)
        #expect(
            body.contains(
                #""tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"c"}}],"#
                    + #""tool_choice":"required""#))
    }

    @Test func whatOnlyGeminiHasIsToldOrRefused() throws {
        for (member, path) in [
            (#""safetySettings":[{}]"#, "safetySettings"), (#""labels":{"a":"b"}"#, "labels"),
            (#""generationConfig":{"responseLogprobs":true}"#, "logprobs"),
            (#""generationConfig":{"response_modalities":["AUDIO"]}"#, "generationConfig.responseModalities"),
            (#""generationConfig":{"responseMimeType":"text/x.enum"}"#, "generationConfig.responseMimeType"),
            (#""toolConfig":{"retrievalConfig":{}}"#, "toolConfig.retrievalConfig"),
        ] {
            let body = #"{"contents":[{"parts":[{"text":"x"}]}],\#(member)}"#
            #expect(try translated(body, .gemini, .anthropicMessages).dropped == [path])
            let error = #expect(throws: TranslationError.self) {
                try translated(body, .gemini, .anthropicMessages, .strict)
            }
            #expect(error?.member == path)
        }
    }

    @Test func nonsenseIsRefusedWithItsPlace() {
        for (body, member) in [
            (#"{}"#, "contents"), (#"{"contents":[1]}"#, "contents[0]"),
            (#"{"contents":[{"role":"alien","parts":[]}]}"#, "contents[0].role"),
            (#"{"contents":[{}]}"#, "contents[0].parts"), (#"{"contents":[{"parts":[{}]}]}"#, "contents[0].parts[0]"),
            (#"{"contents":[],"systemInstruction":"x"}"#, "systemInstruction"),
            (#"{"contents":[],"cachedContent":"cachedContents/x"}"#, "cachedContent"),
            (#"{"contents":[],"tools":[{"googleSearch":{}}]}"#, "tools[0].googleSearch"),
            (#"{"contents":[],"tools":[{"functionDeclarations":[{}]}]}"#, "tools[0].functionDeclarations[0].name"),
            (#"{"contents":[{"parts":[{"functionCall":{}}]}]}"#, "contents[0].parts[0].functionCall.name"),
            (
                #"{"contents":[{"parts":[{"functionResponse":{"name":"f","response":{}}}]}]}"#,
                "contents[0].parts[0].functionResponse"
            ),
            (
                #"{"contents":[{"parts":[{"inlineData":{"mimeType":"video/mp4","data":"AA=="}}]}]}"#,
                "contents[0].parts[0]"
            ),
            (#"{"contents":[],"generationConfig":{"stopSequences":"x"}}"#, "generationConfig.stopSequences"),
        ] {
            let error = #expect(throws: TranslationError.self, "\(body)") {
                try translated(body, .gemini, .openAIChat)
            }
            #expect(error?.member == member)
        }
        let deep = String(repeating: #"{"items":"#, count: 40) + "{}" + String(repeating: "}", count: 40)
        #expect(throws: TranslationError.self) {
            try translated(
                #"{"contents":[],"tools":[{"functionDeclarations":[{"name":"f","parameters":\#(deep)}]}]}"#, .gemini,
                .openAIChat)
        }
    }
}
