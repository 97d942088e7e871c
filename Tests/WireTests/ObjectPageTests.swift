import NIOCore
import Testing

@testable import Wire

@Suite struct ObjectPageTests {
    private func page(_ ids: [String], hasMore: Bool) throws -> ObjectPage {
        let items = ids.map { #"{"id":"\#($0)","x":1}"# }.joined(separator: ",")
        return try #require(
            ObjectPage(ByteBuffer(string: #"{"object":"list","data":[\#(items)],"has_more":\#(hasMore)}"#)))
    }

    @Test func aPageHasWhatIsOwnAndEndsWhereItIsFull() throws {
        var list = OwnObjects(query: "limit=2&after=f-0&purpose=batch")
        #expect(list.after == "f-0" && list.query(after: "f 9") == "limit=2&purpose=batch&after=f%209")
        list.take(try page(["f-1", "g-1"], hasMore: true), andMore: false) { $0.hasPrefix("f") }
        #expect(!list.isFull)
        list.take(try page(["f-2", "f-3"], hasMore: false), andMore: false) { $0.hasPrefix("f") }
        #expect(
            String(buffer: list.body)
                == #"{"object":"list","data":[{"id":"f-1","x":1},{"id":"f-2","x":1}],"has_more":true,"#
                + #""first_id":"f-1","last_id":"f-2"}"#)
    }

    @Test func aPageWithoutAnythingOfOnesOwnIsTheLast() throws {
        var list = OwnObjects(query: nil)
        list.take(try page(["g-1"], hasMore: true), andMore: true) { _ in false }
        #expect(String(buffer: list.body) == #"{"object":"list","data":[],"has_more":false}"#)
    }

    @Test func tokensOfStateAreFoundByTheirNames() {
        let token = String(repeating: "a", count: 30)
        let found: (String) -> Int = { text in
            Array(text.utf8).withUnsafeBytes { StateTokens.digests(in: $0).count }
        }
        #expect(found(#"{"signature":"\#(token)","x":{"encrypted_content" : "\#(token)b"}}"#) == 2)
        #expect(found(#"{"thoughtSignature":"\#(token)"},{"thought_signature":"\#(token)"}"#) == 2)
        #expect(found(#"{"signature":"short","my_signature":"\#(token)","signature":null}"#) == 0)
        #expect(found(#"{"text":"\"signature\":\"\#(token)\""}"#) == 0)
        #expect(
            found(
                #"{"type":"redacted_thinking","data":"\#(token)"},{"data":"\#(token)" , "type": "redacted_thinking"}"#)
                == 2)
        #expect(found(#"{"type":"reasoning.encrypted","data":"\#(token)","index":0}"#) == 1)
        #expect(found(#"{"source":{"type":"base64","data":"\#(token)"}},{"type":"redacted_thinking"}"#) == 0)
        #expect(found(#"{"data":"\#(token)"},{"type":"redacted_thinking","data":"short"}"#) == 0)
        #expect(found(":") + found("") + found(#""signature":"#) + found(#""signature":""#) == 0)
    }

    @Test(arguments: [0, 1, 7, 8, 9, 20]) func aByteIsFoundWhereverItStands(_ place: Int) {
        var bytes = [UInt8](repeating: 0xFF, count: 21)
        bytes[place] = 0x3A
        bytes.withUnsafeBytes { bytes in
            #expect(bytes.place(of: 0x3A, from: 0) == place)
            #expect(bytes.place(of: 0x3A, from: place + 1) == nil)
        }
    }
}
