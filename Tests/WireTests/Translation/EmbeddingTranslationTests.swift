import Core
import NIOCore
import Testing

@testable import Wire

@Suite struct EmbeddingTranslationTests {
    private func translation(_ client: EndpointKind, _ kind: ProviderKind) throws -> EmbeddingTranslation {
        try #require(EmbeddingTranslation.between(client, kind, model: "m"))
    }

    private func request(
        _ body: String, _ translation: inout EmbeddingTranslation, _ mode: TranslationLosses.Mode = .lenient
    ) throws -> (String, [String]) {
        let (body, dropped) = try translation.request(ByteBuffer(string: body), model: "up", mode)
        return (String(buffer: body), dropped)
    }

    private var usage: TokenUsage {
        var usage = TokenUsage()
        usage.inputUncached = 4
        return usage
    }

    @Test func openAIAsksGemini() throws {
        var translation = try translation(.embeddings, .gemini)
        let (body, dropped) = try request(
            #"{"model":"m","input":["a","\u00fc"],"dimensions":2,"encoding_format":"base64","user":"u"}"#, &translation)
        #expect(
            body == #"{"requests":[{"model":"models/up","content":{"parts":[{"text":"a"}]},"outputDimensionality":2},"#
                + #"{"model":"models/up","content":{"parts":[{"text":"\u00fc"}]},"outputDimensionality":2}]}"#)
        #expect(dropped == ["user"])
        let answer = translation.answer(
            ByteBuffer(string: #"{"embeddings":[{"values":[1, -0.5]},{"values":[0,2e0]}]}"#), usage: usage, model: "up")
        #expect(
            String(buffer: try #require(answer))
                == #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":"AACAPwAAAL8="},"#
                + #"{"object":"embedding","index":1,"embedding":"AAAAAAAAAEA="}],"model":"up","#
                + #""usage":{"prompt_tokens":4,"total_tokens":4}}"#)
    }

    @Test func openAIGetsNumbersWhereItDoesNotAskForBytes() throws {
        var translation = try translation(.embeddings, .gemini)
        _ = try request(#"{"model":"m","input":"a"}"#, &translation)
        let answer = translation.answer(
            ByteBuffer(string: #"{"embeddings":[{"values":[1, -0.5]}]}"#), usage: usage, model: "up")
        #expect(String(buffer: try #require(answer)).contains(#""embedding":[1, -0.5]"#))
    }

    @Test func geminiAsksOpenAI() throws {
        var single = try translation(.embedContent, .openAI)
        let (body, dropped) = try request(
            #"{"model":"models/m","content":{"parts":[{"text":"a"},{"text":"b"}]},"task_type":"X"}"#, &single)
        #expect(body == #"{"model":"up","input":["a\nb"],"encoding_format":"float"}"#)
        #expect(dropped == ["task_type"])
        let told = ByteBuffer(string: #"{"data":[{"index":1,"embedding":[2]},{"index":0,"embedding":[1]}]}"#)
        #expect(
            single.answer(told, usage: usage, model: "up").map { String(buffer: $0) }
                == #"{"embedding":{"values":[1]},"usageMetadata":{"promptTokenCount":4,"totalTokenCount":4}}"#)
        var batch = try translation(.batchEmbedContents, .openAI)
        _ = try request(
            #"{"requests":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"b"}]}}]}"#, &batch)
        #expect(
            batch.answer(told, usage: usage, model: "up").map { String(buffer: $0) }
                == #"{"embeddings":[{"values":[1]},{"values":[2]}],"usageMetadata":"#
                + #"{"promptTokenCount":4,"totalTokenCount":4}}"#)
    }

    @Test func whatCannotBeSaidIsRefusedWithItsPlace() throws {
        for (client, kind, body, member) in [
            (EndpointKind.embeddings, ProviderKind.gemini, #"{"input":[1,2]}"#, "input"),
            (.embedContent, .openAI, "{}", "content.parts"),
            (.embedContent, .openAI, #"{"content":{"parts":[{"inlineData":{}}]}}"#, "content.parts[0]"),
            (.batchEmbedContents, .openAI, #"{"requests":[1]}"#, "requests[0]"),
            (
                .batchEmbedContents, .openAI,
                #"{"requests":[{"content":{"parts":[]}},{"content":{"parts":[]},"outputDimensionality":3}]}"#,
                "requests[1].outputDimensionality"
            ),
        ] {
            var translation = try translation(client, kind)
            let error = #expect(throws: TranslationError.self) { try request(body, &translation) }
            #expect(error?.member == member)
        }
        var strict = try translation(.embeddings, .gemini)
        #expect(throws: TranslationError.self) { try request(#"{"input":"a","user":"u"}"#, &strict, .strict) }
    }

    @Test func whatIsNoAnswerIsNone() throws {
        for body in ["{}", #"{"data":[{"embedding":"x"}]}"#, #"{"data":[1]}"#, "[]"] {
            #expect(
                try translation(.embedContent, .openAI).answer(ByteBuffer(string: body), usage: usage, model: "") == nil
            )
        }
    }
}
