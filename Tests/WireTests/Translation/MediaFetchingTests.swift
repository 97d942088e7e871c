import NIOCore
import Testing

@testable import Wire

/// Which URLs a provider needs the bytes of, and what becomes of them.
@Suite struct MediaFetchingTests {
    @Test(
        arguments: [
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D], MediaType.png),
            ([0xFF, 0xD8, 0xFF, 0xE0], .jpeg), (Array("GIF89a".utf8), .gif), (Array("GIF87a".utf8), .gif),
            (Array("RIFF\u{1}\u{1}\u{1}\u{1}WEBPVP8 ".utf8), .webp),
            (Array("RIFF\u{1}\u{1}\u{1}\u{1}WAVEfmt ".utf8), .wav),
            (Array("%PDF-1.7".utf8), .pdf), (Array("fLaC".utf8), .flac), (Array("OggS".utf8), .ogg),
            (Array("ID3\u{4}".utf8), .mp3), ([0xFF, 0xFB, 0x90], .mp3), ([0xFF, 0xF3, 0x90], .mp3),
        ] as [([UInt8], MediaType)]) func typesShowInTheFirstBytes(_ start: [UInt8], _ type: MediaType)
    {
        #expect(MediaType(signature: start) == type)
    }

    @Test(
        arguments: [
            [], [0xFF], [0xFF, 0xF1, 0x50], [0xFF, 0xEB, 0x90], Array("<html>".utf8), Array("RIFF....AVI ".utf8),
            Array("<svg>".utf8), Array(" %PDF-".utf8),
        ] as [[UInt8]]) func whatIsNoneOfTheseHasNoType(_ start: [UInt8])
    { #expect(MediaType(signature: start) == nil) }

    private static let image = "https://a.example/a.png"
    private static let unnamed = "https://a.example/a"

    private func references(
        _ client: ChatFormat = .openAIChat, to provider: ChatFormat, model: String = "m", _ body: String
    ) throws -> [MediaReference] {
        let translation = try #require(ChatTranslation(client: client, provider: provider))
        return translation.mediaToFetch(ByteBuffer(string: body), model: ServedModel(model))
    }

    private static func chat(_ urls: String...) -> String {
        let parts = urls.map { #"{"type":"image_url","image_url":{"url":"\#($0)"}}"# }
        return #"{"model":"m","messages":[{"role":"user","content":[\#(parts.joined(separator: ","))]}]}"#
    }

    private static let wanted = MediaReference(kind: .image, url: image, member: "messages[0].content")

    /// One by one compared with all others, so many held up a loop for most of a minute.
    @Test func manyURLsAreToldApartInOnePass() throws {
        let parts = (0..<30_000).map { #"{"type":"image_url","image_url":{"url":"https://a.example/\#($0 / 2)"}}"# }
        let body = #"{"model":"m","messages":[{"role":"user","content":[\#(parts.joined(separator: ","))]}]}"#
        #expect(try references(to: .bedrockConverse, body).count == 15_000)
    }

    @Test(arguments: [
        (ChatFormat.bedrockConverse, "m", true), (.ollamaChat, "m", true), (.cohereChat, "m", false),
        (.anthropicMessages, "m", false), (.responses, "m", false), (.gemini, "gemini-2.0-flash", true),
        (.gemini, "gemini-2.5-flash", false), (.gemini, "gemini-3-pro", false),
    ]) func someProvidersNeedTheBytesOfImages(_ format: ChatFormat, _ model: String, _ needs: Bool) throws {
        let references = try references(to: format, model: model, Self.chat(Self.image))
        #expect(references == (needs ? [Self.wanted] : []))
    }

    /// Anthropic's format has URLs, but Vertex does not get what stands at them.
    @Test func aModelMayTakeBytesOnlyWhereItIsServed() throws {
        let translation = try #require(ChatTranslation.between(.chatCompletions, .vertex, model: "claude-opus-4-6"))
        let model = ServedModel("claude-opus-4-6", mediaAsBytes: [.image])
        let body = ByteBuffer(string: Self.chat(Self.image))
        #expect(translation.mediaToFetch(body, model: model) == [Self.wanted])
        let error = #expect(throws: TranslationError.self) {
            try translation.request(body, model: model, asksForUsage: false, .lenient)
        }
        #expect(error?.member == "messages[0].content" && error?.message.contains("'fetch'") == true)
        let file = FetchedMedia.file(.gif, base64: ByteBuffer(string: "R0lG"))
        let request = try translation.request(
            body, model: model, asksForUsage: false, fetched: [Self.image: file], .strict)
        #expect(String(buffer: request.body).contains(#""media_type":"image/gif","data":"R0lG""#))
    }

    @Test func aURLInAToolsResultIsRefusedWhereItsCallStands() throws {
        let translation = try #require(ChatTranslation(client: .responses, provider: .anthropicMessages))
        let body = #"""
            {"model":"m","input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
            {"type":"function_call_output","call_id":"c","output":[{"type":"input_image","image_url":"URL"}]}]}
            """#
        let error = #expect(throws: TranslationError.self) {
            try translation.request(
                ByteBuffer(string: body.replacing("URL", with: Self.image)),
                model: ServedModel("claude-opus-4-6", mediaAsBytes: [.image]), asksForUsage: false, .lenient)
        }
        #expect(error?.member == "input[1].output" && error?.message.contains("takes no URL of images") == true)
    }

    @Test func geminiMustBeToldTheType() throws {
        let references = try references(to: .gemini, model: "gemini-3-pro", Self.chat(Self.unnamed))
        #expect(references.map(\.url) == [Self.unnamed])
    }

    @Test(arguments: [
        (ChatFormat.openAIChat, #"{"model":"m","messages":[{"role":"user","content":"see https://a.example/a.png"}]}"#),
        (.responses, #"{"model":"m","input":"https://a.example/url"}"#),
    ]) func urlsInWordsAreNone(_ client: ChatFormat, _ body: String) throws {
        #expect(try references(client, to: .bedrockConverse, body).isEmpty)
    }

    @Test(arguments: [
        (
            ChatFormat.responses,
            #"{"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"URL"},"#
                + #"{"type":"input_file","file_url":"URL2"}]}]}"#
        ),
        (
            .gemini,
            #"{"contents":[{"parts":[{"fileData":{"mimeType":"image/png","fileUri":"URL"}},"#
                + #"{"file_data":{"mime_type":"application/pdf","file_uri":"URL2"}}]}]}"#
        ),
        (
            .anthropicMessages,
            #"{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"image","source":"#
                + #"{"type":"url","url":"URL"}},{"type":"document","source":{"url" : "URL2","type":"url"}}]}]}"#
        ),
    ]) func allFormatsURLsAreFound(_ client: ChatFormat, _ body: String) throws {
        let body = body.replacing("URL2", with: "https://a.example/2").replacing("URL", with: Self.image)
        #expect(try references(client, to: .bedrockConverse, body).map(\.url) == [Self.image, "https://a.example/2"])
    }

    @Test func aURLThatStandsTwiceIsFetchedOnce() throws {
        let references = try references(to: .ollamaChat, Self.chat(Self.image, Self.unnamed, Self.image))
        #expect(references.map(\.url) == [Self.image, Self.unnamed])
    }

    @Test func documentsAndResultsOfToolsAreLookedInto() throws {
        let body = #"""
            {"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"url",
            "url":"https://a.example/a.pdf"}}]},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f",
            "input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"image",
            "source":{"type":"url","url":"https://a.example/a.png"}}]}]}]}
            """#
        let references = try references(.anthropicMessages, to: .bedrockConverse, body)
        #expect(references.map(\.kind) == [.document, .image] && references[1].member == "messages[2].content")
        let openAI = try self.references(.anthropicMessages, to: .openAIChat, body)
        #expect(openAI.map(\.kind) == [.document])
    }

    @Test func whatWasFetchedStandsWhereItsURLStood() throws {
        let translation = try #require(ChatTranslation(client: .openAIChat, provider: .bedrockConverse))
        let file = FetchedMedia.file(.gif, base64: ByteBuffer(string: "R0lG"))
        let request = try translation.request(
            ByteBuffer(string: Self.chat(Self.image, Self.image)), model: "m", asksForUsage: false,
            fetched: [Self.image: file], .strict)
        let image = #"{"image":{"format":"gif","source":{"bytes":"R0lG"}}}"#
        #expect(String(buffer: request.body).contains("[\(image),\(image)]"))
    }

    @Test func whatTheProviderGetsItselfStaysAURL() throws {
        let translation = try #require(ChatTranslation(client: .openAIChat, provider: .anthropicMessages))
        let file = FetchedMedia.file(.gif, base64: ByteBuffer(string: "R0lG"))
        let request = try translation.request(
            ByteBuffer(string: Self.chat(Self.image)), model: "m", asksForUsage: false, fetched: [Self.image: file],
            .strict)
        #expect(String(buffer: request.body).contains(#""url":"https://a.example/a.png""#))
    }

    @Test func withoutItTheRefusalSaysHowItIsSwitchedOn() throws {
        let translation = try #require(ChatTranslation(client: .openAIChat, provider: .bedrockConverse))
        let error = #expect(throws: TranslationError.self) {
            try translation.request(ByteBuffer(string: Self.chat(Self.image)), model: "m", asksForUsage: false, .strict)
        }
        #expect(error?.member == "messages[0].content" && error?.message.contains("'fetch'") == true)
    }
}
