import Core
import NIOCore
import Plan
import TestKit
import Testing
import Wire

/// What happens on a WebSocket of OpenAI's Responses as time passes.
@Suite struct ResponsesSocketTimeTests {
    private static let ask = WebSocketBytes.text(#"{"type":"response.create","model":"m","input":"hi"}"#)

    private static let token = "hg-simulated"
    private static let digest = "968e0f3681d241081c27c5967ca862163981082a5042c23661372f38de1f6934"

    /// - Parameter script: nil: no upstream can be reached.
    private static func gateway(_ script: [VirtualGateway.Act]?, _ key: Key?) throws -> VirtualGateway {
        let provider = Provider(
            name: "p", kind: .openAI, origin: Origin(isTLS: false, host: "p", port: 80), basePath: "/v1")
        let snapshot = Snapshot(
            server: ServerSettings(), access: key == nil ? .anyone : .keys, timeouts: Timeouts(), providers: [provider],
            routes: [Route(pattern: "m", targets: [Target(provider: 0, model: "a")])],
            keys: key.map { [$0] } ?? [])
        return try VirtualGateway(snapshot) { _, _ in script }
    }

    /// - Returns: what the client got behind the handshake.
    private func talk(
        _ messages: [UInt8], minutes: Int64, script: [VirtualGateway.Act]? = nil, key: Key? = nil
    ) throws -> (text: String, records: [ExchangeRecord]) {
        let gateway = try Self.gateway(script, key)
        let handshake =
            "GET /v1/responses HTTP/1.1\r\nauthorization: Bearer \(Self.token)\r\n\(WebSocketBytes.handshake)\r\n"
        let got = try gateway.ask(ByteBuffer(bytes: Array(handshake.utf8) + messages), minutes: minutes)
        let text = String(decoding: got.readableBytesView.map { $0 & 0x80 == 0 ? $0 : 0x2A }, as: UTF8.self)
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        return (String(text[end.upperBound...]), gateway.records)
    }

    @Test func aSilentConnectionLivesAnHourBySignsOfLife() throws {
        let ping = "*\0"
        let early = try talk([], minutes: 59).text
        #expect(early.ranges(of: ping).count > 110 && early.replacing(ping, with: "").isEmpty)
        let whole = try talk([], minutes: 61)
        #expect(whole.text.contains("websocket_connection_limit_reached") && whole.text.hasSuffix("*\u{2}\u{3}*"))
        #expect(whole.records.map(\.status) == [101])
    }

    @Test func aMessageThatDoesNotArriveIsNotWaitedFor() throws {
        let text = try talk(Array(Self.ask.dropLast()), minutes: 3).text
        #expect(text.contains("request_timeout") && text.contains("The message did not arrive in time."))
    }

    @Test func aMessageIsNotLateBehindTurnsThatWait() throws {
        // Each turn takes longer than a message may.
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        let event = "data: {\"type\":\"response.completed\",\"response\":{}}\n\n"
        let comment = VirtualGateway.Act.send("5\r\n: x\n\n\r\n")
        let script: [VirtualGateway.Act] =
            [.send(head)] + Array(repeating: [.wait(20_000), comment], count: 5).flatMap { $0 }
            + [.send("\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n0\r\n\r\n")]
        let turnsUnread = 2
        let asked = (0..<turnsUnread + Limits.responsesTurnsWaitingMax).flatMap { _ in Self.ask }
        let (text, records) = try talk(asked + Self.ask.dropLast(), minutes: 40, script: script)
        // While the first two run as many wait as may, and nothing is read; from the third on it is.
        #expect(text.ranges(of: "response.completed").count == turnsUnread, "\(text)")
        #expect(records.map(\.outcome) == [.ok, .ok, .ok, .clientClosed])
        let late = try #require(text.firstRange(of: "did not arrive in time"))
        let answered = try #require(text.ranges(of: "response.completed").last)
        #expect(answered.upperBound < late.lowerBound)
    }

    @Test func aConnectionEndsWithItsKey() throws {
        let expires = VirtualLoop.startUnixMicroseconds + 10 * 60_000_000
        let key = Key(
            id: "k", name: "k", digest: try #require(TokenDigest(hexadecimal: Self.digest)),
            expiresAtUnixMicroseconds: expires)
        #expect(try !talk([], minutes: 9, key: key).text.contains("invalid_api_key"))
        let text = try talk([], minutes: 11, key: key).text
        #expect(text.contains("invalid_api_key") && text.hasSuffix("is not valid any more."), "\(text)")
    }

    @Test func aTurnIsTimedLikeAnyCall() throws {
        let (text, records) = try talk(Self.ask + Self.ask, minutes: 20)
        #expect(text.ranges(of: #""type":"error","status":50"#).count == 2, "\(text)")
        #expect(records.map(\.endpoint) == ["/v1/responses", "/v1/responses", "/v1/responses"])
        #expect(records.map(\.method) == ["GET", "POST", "POST"])
    }
}
