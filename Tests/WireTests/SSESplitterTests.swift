import Core
import Foundation
import NIOCore
import Testing

@testable import Wire

/// What a splitter gave, copied out of its buffers.
private struct Seen: Equatable {
    var name: String
    var data: String?
}

private func split(_ parts: [[UInt8]]) throws -> (events: [Seen], raw: [UInt8]) {
    var splitter = SSESplitter()
    var events: [Seen] = []
    var raw: [UInt8] = []
    func take(_ event: borrowing SSEEvent) {
        let seen = Seen(
            name: String(decoding: event.name, as: UTF8.self),
            data: event.data.map { String(decoding: $0, as: UTF8.self) })
        if seen.data != nil { events.append(seen) }
        raw += Array(event.raw)
    }
    for part in parts { try splitter.push(ByteBuffer(bytes: part), take) }
    splitter.finish(take)
    return (events, raw)
}

@Suite struct SSESplitterTests {
    static let streams: [(String, [String])] = [
        ("data: a\n\ndata: b\n\n", ["a", "b"]),
        ("data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
        ("data: a\r\rdata: b\r\r", ["a", "b"]),
        ("\u{FEFF}data: a\n\n", ["a"]),
        (": comment\n\ndata:a\n\n: OPENROUTER PROCESSING\n\n", ["a"]),
        ("event: x\ndata: one\ndata: two\nid: 5\n\n", ["one\ntwo"]),
        ("data\n\ndata:\n\n", ["", ""]),
        ("data: last without its blank line\n", ["last without its blank line"]),
        ("data: last without its line end", ["last without its line end"]),
        ("data: é日本😀\n\n", ["é日本😀"]),
        ("\n\n\ndata: a\n\n", ["a"]),
    ]

    @Test(arguments: streams) func givesTheSameEventsHoweverTheBytesAreSplit(_ text: String, _ expected: [String])
        throws
    {
        let bytes = Array(text.utf8)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let parts = [Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])]
                let seen = try split(parts)
                #expect(seen.events.map(\.data) == expected)
                #expect(seen.raw == bytes)
            }
        }
        #expect(try split(bytes.map { [$0] }).events.map(\.data) == expected)
    }

    @Test func givesTheEventsName() throws {
        #expect(try split([Array("event: ping\ndata: {}\n\n".utf8)]).events == [Seen(name: "ping", data: "{}")])
    }

    @Test func refusesAnEventWithoutEnd() {
        var splitter = SSESplitter()
        let piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 20)
        #expect(throws: StreamError.eventTooLarge) {
            for _ in 0...(Limits.streamEventBytesMax >> 20) { _ = try splitter.push(piece) { _ in } }
        }
    }
}

@Suite struct EventStageTests {
    private static let chunk =
        #"{"id":"1","choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":null}],"usage":null}"#
    private static let last = #"{"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}"#
    private static let usage =
        #"{"id":"1","model":"m-1","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}}"#

    private func run(_ text: String, strips: Bool, dialect: Dialect = .openAI, at split: Int) throws -> (
        String, AnswerObservation
    ) {
        var stage = EventStage(dialect: dialect, stripsUsage: strips)
        var output = StageOutput()
        let bytes = Array(text.utf8)
        try stage.push(ByteBuffer(bytes: bytes[..<split]), into: &output)
        try stage.push(ByteBuffer(bytes: bytes[split...]), into: &output)
        try stage.finish(into: &output)
        return (output.buffers.map { String(buffer: $0) }.joined(), stage.observation)
    }

    @Test func takesOutEveryTraceOfAUsageThatOnlyTheGatewayAskedFor() throws {
        let stream = "data: \(Self.chunk)\n\ndata: \(Self.last)\n\ndata: \(Self.usage)\n\ndata: [DONE]\n\n"
        let expected = stream.replacingOccurrences(of: ",\"usage\":null", with: "")
            .replacingOccurrences(of: "data: \(Self.usage)\n\n", with: "")
        for split in 0...stream.utf8.count {
            let (text, seen) = try run(stream, strips: true, at: split)
            #expect(text == expected)
            #expect(seen.usageSource == .provider)
            #expect(seen.usage.inputUncached == 6 && seen.usage.cacheRead == 4)
            #expect(seen.usage.output == 5 && seen.usage.reasoning == 2)
            #expect(seen.finishReason == "stop" && seen.sawTerminal && seen.sawContent)
        }
    }

    @Test func passesEveryByteWhenTheClientAsked() throws {
        let stream =
            ": hello\n\nevent: odd\nid: 4\ndata: \(Self.chunk)\r\n\r\ndata: {broken\n\ndata: \(Self.usage)\n\ndata: [DONE]\n\n"
        for split in 0...stream.utf8.count {
            let (text, seen) = try run(stream, strips: false, at: split)
            #expect(text == stream)
            #expect(seen.unreadableEvents == 1 && seen.servedModel == "m-1")
        }
    }

    @Test func leavesOutTheBrokenPieceOfACutStream() throws {
        let (text, seen) = try run("data: \(Self.chunk)\n\ndata: {\"id\":\"1\",\"cho", strips: false, at: 20)
        #expect(text == "data: \(Self.chunk)\n\n")
        #expect(!seen.sawTerminal)
    }

    @Test func completesALastEventThatLacksItsBlankLine() throws {
        let (text, seen) = try run("data: \(Self.chunk)\n\ndata: [DONE]", strips: false, at: 5)
        #expect(text == "data: \(Self.chunk)\n\ndata: [DONE]\n\n")
        #expect(seen.sawTerminal)
    }

    @Test func doesNotMistakeTheWordInATextForAUsage() throws {
        let event = #"data: {"choices":[{"delta":{"content":"\"usage\":null, you see"}}]}"# + "\n\n"
        #expect(try run(event, strips: true, at: 9).0 == event)
    }

    @Test func readsAnthropicUsageThatReplacesWhatWasSaidBefore() throws {
        let stream = """
            event: message_start
            data: {"type":"message_start","message":{"model":"claude-x","usage":{"input_tokens":9,"cache_read_input_tokens":3,"cache_creation":{"ephemeral_5m_input_tokens":1,"ephemeral_1h_input_tokens":2},"output_tokens":1}}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":20}}

            event: message_stop
            data: {"type":"message_stop"}


            """
        for split in 0...stream.utf8.count {
            let (text, seen) = try run(stream, strips: true, dialect: .anthropic, at: split)
            #expect(text == stream)
            #expect(seen.usage.inputUncached == 9 && seen.usage.cacheRead == 3 && seen.usage.output == 20)
            #expect(seen.usage.cacheWrite5m == 1 && seen.usage.cacheWrite1h == 2)
            #expect(seen.sawTerminal && seen.finishReason == "end_turn" && seen.servedModel == "claude-x")
        }
    }
}
