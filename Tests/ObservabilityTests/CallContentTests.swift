import NIOCore
import Testing

@testable import Observability

@Suite struct CallContentTests {
    @Test func aResponsesCallIsTakenApart() throws {
        let request = """
            {"model":"m","instructions":"be kind","max_output_tokens":5,"input":[
            {"role":"user","content":[{"type":"input_text","text":"see"},{"type":"input_image","image_url":"https://a/b"}]},
            {"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]},
            {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
            {"type":"function_call_output","call_id":"c","output":"sunny"},{"type":"item_reference","id":"x"}]}
            """
        let response = """
            {"object":"response","status":"completed","output":[{"type":"reasoning","summary":[]},
            {"type":"message","role":"assistant","content":[{"type":"output_text","text":"it is"}]},
            {"type":"custom_tool_call","call_id":"d","name":"p","input":"x"}]}
            """
        let content = try #require(
            CallContent(request: ByteBuffer(string: request), response: ByteBuffer(string: response)))
        #expect(content.input.map(\.role) == ["system", "user", "assistant", "assistant", "tool"])
        #expect(content.input[1].parts.count == 2 && content.asked?.text == "sunny")
        #expect(content.output.count == 1 && content.output[0].parts.count == 2)
        #expect(content.output[0].finishReason == "completed" && content.answered?.text == "it is")
        #expect(content.parameters.map(\.name) == ["max_output_tokens"])
    }

    @Test func anInputOfTextsIsNoListOfItems() throws {
        let request = ByteBuffer(string: #"{"model":"m","input":["one","two"]}"#)
        let content = try #require(CallContent(request: request, response: nil))
        #expect(content.input.map(\.role) == ["user"] && content.input[0].parts.count == 2)
    }
}
