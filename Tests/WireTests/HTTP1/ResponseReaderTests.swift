import Core
import NIOCore
import Testing

@testable import Wire

private func read(_ pieces: [String], toHEAD: Bool = false, ends: Bool = false) -> [String] {
    var reader = ResponseReader(limits: HeadLimits(bytesMax: 4096, fieldsMax: 16))
    reader.expectAnswer(toHEAD: toHEAD)
    var parts: [String] = []
    for piece in pieces {
        reader.append(ByteBuffer(bytes: piece.utf8))
        do throws(MalformedMessage) {
            while let part = try reader.next() { add(part, to: &parts) }
        } catch {
            return parts + ["refused: \(error)"]
        }
    }
    if ends { parts.append(reader.connectionEnded() ? "end" : "cut short") }
    return parts
}

private func add(_ part: ResponseReader.Part, to parts: inout [String]) {
    switch part {
    case .head(let head): parts.append("\(head.status) \(head.framing) \(head.keepsAlive)")
    case .body(let bytes):
        if let last = parts.last, last.hasPrefix("body: ") {
            parts[parts.count - 1] = last + String(buffer: bytes)
        } else {
            parts.append("body: " + String(buffer: bytes))
        }
    case .end: parts.append("end")
    }
}

@Suite struct ResponseReaderTests {
    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", ["200 length(3) true", "body: abc", "end"]),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            ["200 chunked true", "body: abc", "end"]
        ),
        ("HTTP/1.1 204 No Content\r\ncontent-length: 3\r\n\r\n", ["204 none true", "end"]),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nx: y\r\n\r\nHTTP/1.1 200\r\ncontent-length: 0\r\n\r\n",
            ["200 none true", "end"]
        ),
        ("HTTP/1.0 200 OK\nContent-Length: 1\n\na", ["200 length(1) false", "body: a", "end"]),
        ("HTTP/1.1 500 x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n", ["500 none false", "end"]),
    ]) func readsAnswersAtEverySplit(_ text: String, _ expected: [String]) {
        let bytes = Array(text.utf8)
        #expect(read([text]) == expected)
        for split in 1..<bytes.count {
            #expect(read([bytes[..<split], bytes[split...]].map { String(decoding: $0, as: UTF8.self) }) == expected)
        }
    }

    @Test func anAnswerWithoutALengthLastsAsLongAsItsConnection() {
        let parts = read(["HTTP/1.1 200 OK\r\n\r\nab", "c"], ends: true)
        #expect(parts == ["200 untilClose false", "body: abc", "end"])
        #expect(read(["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab"], ends: true).last == "cut short")
    }

    @Test func anAnswerToHEADHasNoBodyWhateverItSays() {
        #expect(read(["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"], toHEAD: true) == ["200 none true", "end"])
    }

    @Test(arguments: [
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", MalformedMessage.upgrade), ("garbage\r\n\r\n", .startLine),
        ("HTTP/1.1 abc\r\n\r\n", .startLine),
        ("HTTP/3.0 200 OK\r\n\r\n", .startLine),
        ("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", .contentLength),
        ("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n", .bothFramings),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n", .chunk),
    ]) func refusesAnswersWhoseEndIsUncertain(_ text: String, _ reason: MalformedMessage) {
        #expect(read([text]).last == "refused: \(reason)")
    }

    @Test func tellsEventStreamsByTheirContentType() throws {
        var reader = ResponseReader(limits: HeadLimits(bytesMax: 4096, fieldsMax: 16))
        reader.expectAnswer(toHEAD: false)
        reader.append(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; charset=utf-8\r\n\r\n"))
        guard case .head(let head)? = try reader.next() else { return #expect(Bool(false)) }
        #expect(head.streamFraming == .events && head.fields.first(.contentType) == "Text/Event-Stream; charset=utf-8")
    }
}

@Suite struct HeaderNameTests {
    @Test(arguments: [
        ("Content-Type", HeaderName.contentType), ("X-HEADGATE-Tag-a", .headgateFamily), ("te", .te), ("tf", .other),
        ("x-ratelimit-remaining-requests", .rateLimitFamily), ("x-stainless-", .stainlessFamily),
        ("x-stainles", .other),
        ("x-forwarded-for", .xForwardedFor), ("x-forwarded-proto", .forwardedFamily),
        ("proxy-authorization", .proxyFamily),
        ("proxy-connection", .proxyConnection), ("x-claude-code-session-id", .claudeCodeSession),
        ("session-id", .codexSession),
        ("x-claude-code-b", .claudeCodeFamily),
    ]) func knowsFieldsByNameAndFamily(_ text: String, _ name: HeaderName) {
        #expect(ByteBuffer(string: text).withUnsafeReadableBytes { HeaderName($0) } == name)
    }

    @Test func letsNoCredentialAndNoConnectionFieldUpstream() {
        for name: HeaderName in [
            .authorization, .xAPIKey, .apiKey, .googleAPIKey, .cookie, .host, .connection, .transferEncoding, .te,
            .headgateFamily, .forwarded, .xForwardedFor, .openAIOrganization, .openAIProject, .proxyFamily,
        ] {
            #expect(HeaderRules.endsHere(name) && !HeaderRules.passesUpstream(name), "\(name)")
        }
        for name: HeaderName in [.setCookie, .altSvc, .strictTransportSecurity, .openAIOrganization, .headgateFamily] {
            #expect(!HeaderRules.passesBack(name) && !HeaderRules.passesBackUntouched(name), "\(name)")
        }
    }
}
