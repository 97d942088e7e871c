import NIOCore
import Testing

@testable import Wire

@Suite struct StreamAssemblyTests {
    private let events = """
        event: response.created
        data: {"type":"response.created","response":{"id":"r","object":"response","model":"m","output":[]}}

        data: {"type":"response.output_text.delta","delta":"on"}

        data: {"type":"response.output_text.delta","delta":"e"}

        data: {"type":"response.output_item.done","item":{"type":"message","content":[{"type":"output_text","text":"one"}]}}

        data: {"type":"response.output_text.delta","delta":"tw"}


        """

    @Test func aResponseIsItsLastEvents() throws {
        let last = #"{"id":"r","output":[{"type":"function_call","call_id":"c","name":"f"}],"error":null}"#
        let stream = events + "data: {\"type\":\"response.completed\",\"response\":\(last)}\n\n"
        let whole = try #require(StreamAssembly.whole(ByteBuffer(string: stream), dialect: .openAI))
        #expect(String(buffer: whole) == last)
        #expect(CallText.answered(whole, charactersMax: 80) == "1 tool call(s): f")
    }

    @Test func aResponseThatBrokeOffIsWhatCame() throws {
        let whole = try #require(StreamAssembly.whole(ByteBuffer(string: events), dialect: .openAI))
        #expect(
            String(buffer: whole)
                == #"{"id":"r","object":"response","model":"m","output":[{"type":"message","content":["#
                + #"{"type":"output_text","text":"one"}]},{"type":"message","status":"incomplete","#
                + #""role":"assistant","content":[{"type":"output_text","text":"tw"}]}]}"#)
        #expect(CallText.answered(whole, charactersMax: 80) == "one tw")
        #expect(StreamAssembly.whole(ByteBuffer(string: "data: {}\n\n"), dialect: .openAI) == nil)
    }
}
