import Core
import NIOCore
import Testing

@testable import Wire

/// Bodies as Cursor's agents send them, and the chats that they read.
@Suite struct ResponsesInChatTests {
    private let body = ByteBuffer(
        string: #"{"model":"m","stream":true,"store":false,"include":["reasoning.encrypted_content"],"#
            + #""reasoning":{"effort":"medium","summary":"auto"},"text":{"verbosity":"low"},"#
            + #""stream_options":{"include_usage":true},"input":[{"role":"system","content":"be short"},"#
            + #"{"role":"user","content":[{"type":"input_text","text":"hi"}]}],"#
            + #""tools":[{"type":"function","name":"f","parameters":{"type":"object"}},"#
            + #"{"type":"custom","name":"ApplyPatch","description":"d"}]}"#)

    @Test func becomesAChat() throws {
        let translation = try #require(ChatTranslation.ofResponsesInChat(.openAI, model: "m"))
        let request = try translation.request(body, model: "up", asksForUsage: true, .lenient)
        let text = String(buffer: request.body)
        #expect(request.wantsUsage && request.dropped == [])
        #expect(text.contains(#""messages":[{"role":"system","content":"be short"},{"role":"user","content":"hi"}]"#))
        #expect(text.contains(#""reasoning_effort":"medium""#) && text.contains(#""verbosity":"low""#))
        #expect(text.contains(#"{"type":"function","function":{"name":"f""#))
        #expect(text.contains(#""name":"ApplyPatch""#) && !text.contains(#""custom""#))
    }

    @Test func isAnsweredAsAChat() throws {
        let translation = try #require(ChatTranslation.ofResponsesInChat(.anthropic, model: "m"))
        #expect(translation.provider == .anthropicMessages)
        let answer = ByteBuffer(
            string: #"{"id":"i","type":"message","role":"assistant","model":"c","stop_reason":"end_turn","#
                + #""content":[{"type":"text","text":"hello"}],"usage":{"input_tokens":1,"output_tokens":1}}"#)
        let told = try #require(translation.answer(answer, usage: TokenUsage(), .test))
        #expect(String(buffer: told).contains(#""object":"chat.completion""#))
    }

    @Test(arguments: [
        (#"{"model":"m","input":"hi"}"#, true), (#"{"model":"m","messages":[],"input":"hi"}"#, false),
        (#"{"model":"m"}"#, false), (#"{"model":"m","messages":[]}"#, false),
    ])
    func isKnownByItsMembers(_ body: String, _ expected: Bool) throws {
        let buffer = ByteBuffer(string: body)
        let endpoint = try #require(Endpoints.all.first { $0.kind == .chatCompletions })
        #expect(try RequestFacts(body: buffer, endpoint: endpoint, wantsTags: false).isOfResponses(buffer) == expected)
    }
}
