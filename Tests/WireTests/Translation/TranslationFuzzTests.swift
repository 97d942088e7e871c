import Core
import NIOCore
import Testing

@testable import Wire

/// Bodies that were bitten into: a translation may refuse them, and must neither crash nor write what is no JSON.
@Suite struct TranslationFuzzTests {
    private static let bodies = [
        """
        {"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"t"},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}]},{"role":"assistant","tool_calls":[{"id":"1",
        "function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"1","content":"r"}],"stop":["a"],
        "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}},"reasoning_effort":"low"}
        """,
        """
        {"model":"m","max_tokens":5,"system":"s","messages":[{"role":"user","content":[{"type":"tool_result",
        "tool_use_id":"1","content":[{"type":"text","text":"x"}]},{"type":"document","source":{"type":"text","data":"d"}}]},
        {"role":"assistant","content":[{"type":"thinking","thinking":"h","signature":"s"},{"type":"tool_use","id":"1",
        "name":"f","input":{"a":[1,{"b":null}]}}]}],"thinking":{"type":"adaptive"},"output_config":{"effort":"max"}}
        """,
        """
        {"id":"a","model":"m","choices":[{"index":0,"message":{"content":"c","reasoning_content":"r","tool_calls":[{"id":"1",
        "function":{"name":"f","arguments":"{]"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1}}
        """,
        """
        {"model":"m","instructions":"i","input":[{"role":"user","content":[{"type":"input_text","text":"t"},
        {"type":"input_image","image_url":"data:image/png;base64,AA"}]},{"type":"reasoning","summary":[{"type":"summary_text",
        "text":"h"}],"encrypted_content":"headgate.signature.s"},{"type":"custom_tool_call","call_id":"1","name":"p","input":"x"},
        {"type":"custom_tool_call_output","call_id":"1","output":"r"}],"tools":[{"type":"custom","name":"p"},{"type":"namespace",
        "name":"n","tools":[{"type":"function","name":"f","parameters":{}}]}],"tool_choice":{"type":"allowed_tools","mode":"auto",
        "tools":[{"type":"custom","name":"p"}]},"text":{"format":{"type":"json_schema","name":"n","schema":{}}}}
        """,
        """
        {"type":"response.completed","response":{"id":"r","model":"m","output":[]},"id":"r","status":"completed","output":[
        {"type":"reasoning","summary":[{"type":"summary_text","text":"h"}],"encrypted_content":"e"},{"type":"message",
        "content":[{"type":"output_text","text":"t"},{"type":"refusal","refusal":"n"}]},{"type":"function_call","call_id":"1",
        "name":"f","arguments":"{}"}],"usage":{"input_tokens":1,"output_tokens":1}}
        """,
        """
        {"id":"a","type":"message","content":[{"type":"text","text":"t"},{"type":"tool_use","id":"1","name":"f","input":[]},
        {"type":"redacted_thinking","data":"x"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}
        """,
        """
        {"systemInstruction":{"parts":[{"text":"s"}]},"contents":[{"role":"user","parts":[{"text":"t"},{"inlineData":
        {"mimeType":"text/plain","data":"AA=="}}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1}},
        "thoughtSignature":"aGVhZGdhdGU6cHg="}]},{"parts":[{"functionResponse":{"name":"f","response":{"output":"r"}}}]}],
        "tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","properties":{"a":{"type":"NUMBER",
        "anyOf":[{}]}}}}]}],"generationConfig":{"topK":1,"thinkingConfig":{"thinkingLevel":"LOW"}}}
        """,
        """
        {"candidates":[{"content":{"parts":[{"text":"h","thought":true,"thoughtSignature":"AA=="},{"functionCall":
        {"name":"f","args":{"a":"\\n"}}},{"text":"t"}]},"finishReason":"STOP","index":0}],"responseId":"r"}
        """,
    ]

    @Test func whateverComesIsRefusedOrBecomesJSON() throws {
        var random = SystemRandomNumberGenerator()
        let formats = ChatFormat.allCases.filter { $0.clientCoding != nil }
        let translations = formats.flatMap { client in
            formats.filter { $0 != client }.map { ChatTranslation.pair(client, $0) }
        }
        for _ in 0..<800 {
            var bytes = Array(Self.bodies.randomElement(using: &random)!.utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) { Self.bite(&bytes, &random) }
            let body = ByteBuffer(bytes: bytes)
            for translation in translations.shuffled().prefix(6) {
                let mode = TranslationLosses.Mode.allCases.randomElement(using: &random)!
                if let request = try? translation.request(body, model: "up", asksForUsage: true, mode) {
                    try Self.expectJSON(request.body, bytes)
                }
                let context = ChatAnswerContext.test
                if let answer = translation.answer(body, usage: TokenUsage(), context) {
                    try Self.expectJSON(answer, bytes)
                }
                try Self.stream(body, translation, bytes)
            }
        }
    }

    /// The body as one event: what comes out are whole events of JSON.
    private static func stream(_ body: ByteBuffer, _ translation: ChatTranslation, _ bytes: [UInt8]) throws {
        let lines = String(buffer: body).split(whereSeparator: \.isNewline).joined()
        var stage = EventStage(
            format: translation.provider.answerFormat, stripsUsage: false,
            translator: translation.stream(ChatAnswerContext.test))
        var output = StageOutput()
        try stage.push(ByteBuffer(string: "data: \(lines)\n\n"), into: &output)
        try stage.finish(into: &output)
        for line in output.buffers.map({ String(buffer: $0) }).joined().split(separator: "\n")
        where line.hasPrefix("data: ") && line != "data: [DONE]" {
            try expectJSON(ByteBuffer(string: String(line.dropFirst(6))), bytes)
        }
    }

    private static func expectJSON(_ buffer: ByteBuffer, _ input: [UInt8]) throws {
        let isJSON = buffer.withUnsafeReadableBytes { (try? JSONScanner.validate($0)) == .object }
        #expect(isJSON, "\(String(buffer: buffer)) of \(String(decoding: input, as: UTF8.self))")
    }

    private static func bite(_ bytes: inout [UInt8], _ random: inout SystemRandomNumberGenerator) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...20, using: &random)))
        case 2: bytes.insert(contentsOf: Array(#""\u0000""#.utf8), at: place)
        default:
            let words = ["null", "{}", "[]", "5", "\"\"", "true", "\"type\":", "-1e9"]
            bytes.insert(contentsOf: Array(words.randomElement(using: &random)!.utf8), at: place)
        }
        if bytes.isEmpty { bytes = [0x7B] }
    }
}
