import Core
import NIOCore
import TestKit
import Testing

@testable import Wire

@Suite struct ResponsesDialogueTests {
    /// A client before a dialogue, whose answers a test writes.
    private struct Conversation {
        var dialogue = ResponsesDialogue(bodyBytesMax: 10_000)
        private var frames = ByteBuffer()
        private var warmUps = 0

        /// - Returns: the body that is asked for it; nil: none.
        mutating func send(_ message: String) throws -> String? {
            dialogue.receive(ByteBuffer(bytes: WebSocketBytes.text(message)))
            return try next()
        }

        mutating func next() throws -> String? {
            var count = warmUps
            defer { warmUps = count }
            let body = try dialogue.nextBody(
                {
                    count += 1
                    return ResponsesDialogue.Stamp(id: "warm\(count)", unixSeconds: 1_700_000_000)
                }, into: &frames)
            return body.map { String(buffer: $0) }
        }

        mutating func answer(_ text: String) { dialogue.answer(ByteBuffer(string: text), into: &frames) }

        mutating func stream(_ events: [String]) {
            let body = events.map { $0.hasPrefix(":") ? "\($0)\n\n" : "data: \($0)\n\n" }.joined()
            answer(
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                    + "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n")
        }

        /// An unkept response that answers with a text.
        mutating func complete(_ id: String, _ output: String = #"{"type":"message","content":[]}"#) {
            stream([
                #"{"type":"response.created","response":{}}"#,
                #"{"type":"response.completed","response":{"id":"\#(id)","store":false,"output":[\#(output)]}}"#,
            ])
        }

        mutating func refuse(_ status: Int, _ error: String, fields: String = "") {
            let body = #"{"error":\#(error)}"#
            answer(
                "HTTP/1.1 \(status) X\r\ncontent-type: application/json\r\n\(fields)"
                    + "content-length: \(body.utf8.count)\r\n\r\n\(body)")
        }

        /// What the client has got since it was asked last; `ping` for one.
        mutating func received() throws -> [String] {
            defer { frames = ByteBuffer() }
            var seen: [String] = []
            while let frame = try WebSocketFrame(headOf: frames) {
                frames.moveReaderIndex(forwardBy: frame.headLength)
                let text = frames.readString(length: frame.length) ?? ""
                seen.append(frame.code == 9 ? "ping" : text)
            }
            return seen
        }
    }

    private static let ask = #"{"type":"response.create","model":"m","input":"hi","store":false}"#

    @Test func aMessageBecomesTheBodyOfACall() throws {
        var client = Conversation()
        let message =
            #"{"type":"response.create", "stream":false,"background":null, "model" : "m","generate":true,"input":[ {"a":1} ],"#
            + #""previous_response_id":"resp_elsewhere","stream_id":"s","x":{"type":1}}"#
        #expect(
            try client.send(message)
                == #"{"stream":true,"model" : "m","input":[ {"a":1} ],"previous_response_id":"resp_elsewhere","x":{"type":1}}"#
        )
    }

    @Test func eventsBecomeMessages() throws {
        var client = Conversation()
        _ = try client.send(Self.ask)
        client.stream([
            #"{"type":"response.created"}"#, ": keep-alive", #"{"type":"response.output_text.delta","delta":"x"}"#,
            #"{"type":"response.completed","response":{}}"#, "[DONE]",
        ])
        #expect(
            try client.received() == [
                #"{"type":"response.created"}"#, "ping", #"{"type":"response.output_text.delta","delta":"x"}"#,
                #"{"type":"response.completed","response":{}}"#,
            ])
        #expect(!client.dialogue.isRunning && client.dialogue.ending == nil)
    }

    @Test func theAnswerMayBeCutAnywhere() throws {
        let chunks = ["event: response.completed\ndata: {\"type\":\"response.comple", "ted\",\"response\":{}}\n\n", ""]
        let text =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
            + chunks.map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }.joined()
        for cut in 0...text.utf8.count {
            var client = Conversation()
            _ = try client.send(Self.ask)
            client.answer(String(decoding: Array(text.utf8)[..<cut], as: UTF8.self))
            client.answer(String(decoding: Array(text.utf8)[cut...], as: UTF8.self))
            #expect(try client.received() == [#"{"type":"response.completed","response":{}}"#], "cut at \(cut)")
        }
    }

    @Test func everyMessageOfALaneSaysWhichItIs() throws {
        var client = Conversation()
        _ = try client.send(#"{"type":"response.create","stream_id":"left \"hand\"","input":"x"}"#)
        client.complete("resp_1")
        _ = try client.send(#"{"type":"response.create","stream_id":"b","input":"x"}"#)
        client.refuse(429, #"{"code":"rate_limit_exceeded"}"#)
        let received = try client.received()
        #expect(received.count == 3)
        #expect(received.prefix(2).allSatisfy { $0.hasPrefix(#"{"stream_id":"left \"hand\"","type":"response."#) })
        #expect(received[2].hasPrefix(#"{"stream_id":"b","type":"error","status":429"#))
    }

    // MARK: What was before

    @Test func theNextTurnGoesOnFromWhatTheConnectionRemembers() throws {
        var client = Conversation()
        _ = try client.send(Self.ask)
        client.complete(
            "resp_1",
            #"{"type":"reasoning","id":"rs"},{"type":"reasoning","encrypted_content":"s"},{"type":"function_call"}"#)
        let next = try client.send(
            #"{"type":"response.create","previous_response_id":"resp_1","input":[{"type":"function_call_output"}]}"#)
        #expect(
            next
                == #"{"stream":true,"input":[{"type":"message","role":"user","content":"hi"},{"type":"reasoning","encrypted_content":"s"},{"type":"function_call"},{"type":"function_call_output"}]}"#
        )
        client.complete("resp_2")
        // Only the last one is remembered: what came before it is for the provider to know.
        let stale = try client.send(#"{"type":"response.create","previous_response_id":"resp_1"}"#)
        #expect(stale == #"{"stream":true,"previous_response_id":"resp_1"}"#)
    }

    @Test func aResponseThatItsProviderKeepsIsNotRemembered() throws {
        var client = Conversation()
        _ = try client.send(Self.ask)
        client.stream([#"{"type":"response.completed","response":{"id":"resp_1","store":true,"output":[]}}"#])
        let body = try client.send(#"{"type":"response.create","previous_response_id":"resp_1","input":[]}"#)
        #expect(body == #"{"stream":true,"previous_response_id":"resp_1","input":[]}"#)
        #expect(client.dialogue.heldBytes == 0)
    }

    @Test func aLaneMayBeginWhereAnotherIs() throws {
        var client = Conversation()
        _ = try client.send(#"{"type":"response.create","stream_id":"a","input":"one"}"#)
        client.complete("resp_1", "")
        let fork = #"{"type":"response.create","stream_id":"b","previous_response_id":"resp_1","input":"two"}"#
        #expect(try client.send(fork)?.contains("one") == true)
        client.complete("resp_2", "")
        let back = #"{"type":"response.create","stream_id":"a","previous_response_id":"resp_1","input":"three"}"#
        let body = try client.send(back)
        #expect(body?.contains("one") == true && body?.contains("two") == false)
    }

    @Test func aTurnThatFailsTakesWithItWhatItWentOnFrom() throws {
        var client = Conversation()
        _ = try client.send(Self.ask)
        client.complete("resp_1")
        let next = #"{"type":"response.create","previous_response_id":"resp_1","input":[]}"#
        #expect(try client.send(next)?.contains("hi") == true)
        client.refuse(500, #"{"code":"x"}"#)
        #expect(try client.send(next)?.contains("previous_response_id") == true)
    }

    @Test func noMoreIsRememberedThanABodyMayHave() throws {
        var client = Conversation()
        _ = try client.send(Self.ask)
        client.complete("resp_1", #"{"type":"message","content":"\#(String(repeating: "x", count: 10_000))"}"#)
        #expect(client.dialogue.heldBytes == 0)
    }

    @Test func whatIsRememberedDoesNotHoldOnToItsMessage() throws {
        var conversation = Conversation()
        let padding = String(repeating: "x", count: 8000)
        let message =
            #"{"type":"response.create","model":"m","generate":false,"stream_id":"s","#
            + #""input":[{"a":1}],"prompt_cache_key":"\#(padding)"}"#
        #expect(try conversation.send(message) == nil)
        #expect(conversation.dialogue.heldBytes < 1000)
    }

    @Test func aWarmUpIsAnsweredHereAndRemembered() throws {
        var client = Conversation()
        let warmUp = #"{"type":"response.create","model":"m","generate":false,"input":"be ready","instructions":"i"}"#
        #expect(try client.send(warmUp) == nil)
        let received = try client.received()
        #expect(received.count == 2)
        #expect(received[0].hasPrefix(#"{"type":"response.created","sequence_number":0,"response":{"id":"resp_warm1""#))
        #expect(
            received[1].hasPrefix(#"{"type":"response.completed","sequence_number":1,"response":{"id":"resp_warm1""#))
        #expect(received[1].contains(#""instructions":"i""#) && received[1].contains(#""output":[]"#))
        #expect(received[1].contains(#""total_tokens":0"#))
        let body = try client.send(#"{"type":"response.create","previous_response_id":"resp_warm1","input":"go"}"#)
        #expect(body?.contains("be ready") == true && body?.contains("go") == true)
    }

    // MARK: Order

    @Test func turnsRunOneAfterTheOther() throws {
        var client = Conversation()
        #expect(try client.send(Self.ask) != nil)
        for number in 1...Limits.responsesTurnsWaitingMax {
            #expect(client.dialogue.mayReceive)
            #expect(try client.send(#"{"type":"response.create","input":"\#(number)"}"#) == nil)
        }
        #expect(!client.dialogue.mayReceive)
        for number in 1...Limits.responsesTurnsWaitingMax {
            client.complete("resp_\(number)")
            #expect(try client.next() == #"{"stream":true,"input":"\#(number)"}"#)
        }
    }

    @Test func noMoreWaitThanMayThoughOneReadBringsThem() throws {
        var client = Conversation()
        let count = 4 * Limits.responsesTurnsWaitingMax
        let messages = (1...count).flatMap {
            WebSocketBytes.text(#"{"type":"response.create","input":"\#($0)"}"#)
        }
        client.dialogue.receive(ByteBuffer(bytes: messages))
        for number in 1...count {
            #expect(try client.next() == #"{"stream":true,"input":"\#(number)"}"#)
            // Nor is more read until what has come is looked at to its end.
            #expect(client.dialogue.mayReceive == (count - number < Limits.responsesTurnsWaitingMax))
            client.complete("resp_\(number)")
        }
        #expect(try client.next() == nil && client.dialogue.mayReceive)
    }

    @Test func aLaneMayHaveANameOfTheLargestLength() throws {
        var client = Conversation()
        let name = String(repeating: "x", count: Limits.streamIDBytesMax)
        #expect(try client.send(#"{"type":"response.create","stream_id":"\#(name)","input":"x"}"#) != nil)
    }

    @Test func noMoreIsReadWhileABodyWaits() throws {
        var client = Conversation()
        _ = try client.send(Self.ask)
        let large = #"{"type":"response.create","input":"\#(String(repeating: "x", count: 6000))"}"#
        _ = try client.send(large)
        #expect(client.dialogue.mayReceive)
        _ = try client.send(large)
        #expect(!client.dialogue.mayReceive && client.dialogue.heldBytes > 12_000)
        client.complete("resp_1", "")
        _ = try client.next()
        #expect(client.dialogue.mayReceive)
    }

    @Test func theTimeThatIsUpEndsTheConnectionBehindTheTurn() throws {
        var client = Conversation()
        var output = ByteBuffer()
        _ = try client.send(Self.ask)
        client.dialogue.end(.timeIsUp, into: &output)
        #expect(output.readableBytes == 0 && client.dialogue.ending == nil)
        client.complete("resp_1")
        #expect(try client.next() == nil && client.dialogue.ending == .normal)
        #expect(try client.received().last?.contains("websocket_connection_limit_reached") == true)
    }

    @Test func anAnswerThatClosesItsConnectionEndsTheSocket() throws {
        var client = Conversation()
        _ = try client.send(Self.ask)
        _ = try client.send(Self.ask)
        client.refuse(503, #"{"code":"overloaded"}"#, fields: "connection: close\r\n")
        #expect(try client.next() == nil && client.dialogue.ending == .goingAway)
    }

    // MARK: Errors

    @Test func aRefusalIsAnEventWithWhatAClientMayActOn() throws {
        var client = Conversation()
        _ = try client.send(Self.ask)
        client.refuse(
            429, #"{"message":"slow","type":"rate_limit_error"}"#,
            fields: "Retry-After: 3\r\nx-ratelimit-remaining-requests: 0\r\nx-request-id: r\r\ndate: today\r\n")
        #expect(
            try client.received() == [
                #"{"type":"error","status":429,"error":{"message":"slow","type":"rate_limit_error"},"headers":{"retry-after":"3","x-ratelimit-remaining-requests":"0","x-request-id":"r"}}"#
            ])
    }

    @Test func anErrorInsideAStreamIsToldAsTheSocketTellsIt() throws {
        for (event, told) in [
            (
                #"{"error":{"code":"stream_interrupted","message":"m"}}"#,
                #"{"type":"error","status":502,"error":{"code":"stream_interrupted","message":"m"}}"#
            ),
            (
                #"{"type":"error","code":"rate_limit_exceeded","message":"m"}"#,
                #"{"type":"error","status":429,"error":{"type":"error","code":"rate_limit_exceeded","message":"m"}}"#
            ),
        ] {
            var client = Conversation()
            _ = try client.send(Self.ask)
            client.stream([#"{"type":"response.created"}"#, event, #"{"type":"response.completed"}"#])
            #expect(try client.received() == [#"{"type":"response.created"}"#, told])
        }
    }

    @Test func aStreamWithoutAnEndIsToldToHaveNone() throws {
        var client = Conversation()
        _ = try client.send(Self.ask)
        client.stream([#"{"type":"response.created"}"#])
        let received = try client.received()
        #expect(received.count == 2 && received[1].contains("stream_interrupted"))
        client.answer("what belongs to no turn")
        #expect(try client.received().isEmpty)
    }

    @Test func aResponseThatIsNotKnownIsNamedAsClientsExpectIt() throws {
        var client = Conversation()
        _ = try client.send(#"{"type":"response.create","previous_response_id":"resp_x"}"#)
        client.refuse(400, #"{"code":"invalid_request","message":"m","param":"previous_response_id"}"#)
        #expect(
            try client.received() == [
                #"{"type":"error","status":400,"error":{"type":"invalid_request_error","code":"previous_response_not_found","message":"m","param":"previous_response_id"}}"#
            ])
    }

    @Test(arguments: [
        "", "no JSON", "[]", "null", #"{"model":"m"}"#, #"{"type":"session.update"}"#, #"{"type":7}"#,
        #"{"type":"response.create","input":1,"input":2}"#, #"{"type":"response.create","inp\u0075t":1,"input":2}"#,
        #"{"type":"response.create","stream_id":7}"#, #"{"type":"response.create""#,
        "{\"type\":\"response.create\",\"stream_id\":\"\(String(repeating: "x", count: Limits.streamIDBytesMax + 1))\"}",
        String(repeating: "[", count: 5000),
    ]) func whatIsNoTurnIsAnErrorAndTheNextIsServed(_ message: String) throws {
        var client = Conversation()
        #expect(try client.send(message) == nil)
        let received = try client.received()
        #expect(received.count == 1 && received[0].hasPrefix(#"{"type":"error","status":400,"error":{"#))
        #expect(try client.send(Self.ask) != nil)
    }

    @Test func anInputOfAnyKindIsPassedOn() throws {
        for input in ["null", "7", "{}", "[]", "[ ]", #""""#, "true"] {
            var client = Conversation()
            let body = try client.send(#"{"type":"response.create","input":\#(input)}"#)
            #expect(body == #"{"stream":true,"input":\#(input)}"#)
            client.complete("resp_1", "")
            let next = try client.send(#"{"type":"response.create","previous_response_id":"resp_1","input":\#(input)}"#)
            #expect(next?.hasPrefix(#"{"stream":true,"input":["#) == true)
        }
    }
}
