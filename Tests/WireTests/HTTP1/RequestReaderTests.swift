import Core
import NIOCore
import Testing

@testable import Wire

/// What a reader gives for some bytes, as text that tests can compare.
private func read(_ pieces: [String], limits: HeadLimits = HeadLimits(bytesMax: 4096, fieldsMax: 16)) -> [String] {
    var reader = RequestReader(limits: limits)
    var parts: [String] = []
    for piece in pieces {
        reader.append(ByteBuffer(bytes: piece.utf8))
        do throws(MalformedMessage) {
            while let part = try reader.next() { add(part, to: &parts) }
        } catch {
            return parts + ["refused: \(error)"]
        }
    }
    return parts
}

/// Bodies are joined, because where they are cut is the reads' business.
private func add(_ part: RequestReader.Part, to parts: inout [String]) {
    switch part {
    case .head(let head):
        let fields = head.fields.lines.map { "\(head.fields.text($0.namePlace))=\(head.fields.text($0.valuePlace))" }
        parts.append(
            "\(head.methodText) \(head.path) \(head.query ?? "-") \(fields) \(head.framing) \(head.keepsAlive)")
    case .body(let bytes):
        if let last = parts.last, last.hasPrefix("body: ") {
            parts[parts.count - 1] = last + String(buffer: bytes)
        } else {
            parts.append("body: " + String(buffer: bytes))
        }
    case .end: parts.append("end")
    }
}

private func readAtEverySplit(_ text: String, _ expected: [String]) {
    let bytes = Array(text.utf8)
    #expect(read([text]) == expected)
    #expect(read(bytes.map { String(decoding: [$0], as: UTF8.self) }) == expected, "byte by byte")
    for split in 1..<bytes.count {
        let pieces = [bytes[..<split], bytes[split...]].map { String(decoding: $0, as: UTF8.self) }
        #expect(read(pieces) == expected, "split at \(split)")
    }
}

@Suite struct RequestReaderTests {
    @Test func readsRequestsInOrderAtEverySplit() {
        readAtEverySplit(
            "POST /v1/x?a=1?b HTTP/1.1\r\nHost: h\r\nContent-Length:  5 \r\n\r\nhelloGET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            [
                #"POST /v1/x a=1?b ["Host=h", "Content-Length=5"] length(5) true"#, "body: hello", "end",
                #"GET / - ["Connection=keep-alive"] none true"#, "end",
            ])
    }

    @Test func takesBodiesOutOfTheirChunksAtEverySplit() {
        readAtEverySplit(
            "\r\nPOST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: Chunked\r\nconnection: x, Close\r\n\r\n"
                + "5;ext=\"a\"\r\nhello\r\n00A \r\n0123456789\r\n0\r\ntrailer: 1\r\n\r\n",
            [
                #"POST / - ["host=h", "transfer-encoding=Chunked", "connection=x, Close"] chunked false"#,
                "body: hello0123456789", "end",
            ])
    }

    @Test func knowsHTTP10ClosesUnlessToldOtherwise() {
        #expect(read(["GET / HTTP/1.0\r\n\r\n"])[0].hasSuffix("none false"))
        #expect(read(["PURGE /a HTTP/1.1\r\nhost: a\r\n\r\n"])[0].hasPrefix("PURGE /a"))
    }

    @Test(arguments: [
        ("POST / HTTP/1.1\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n", MalformedMessage.bothFramings),
        ("POST / HTTP/1.1\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\n", .contentLength),
        ("POST / HTTP/1.1\r\ncontent-length: 2, 2\r\n\r\n", .contentLength),
        ("POST / HTTP/1.1\r\ncontent-length: +2\r\n\r\n", .contentLength),
        ("POST / HTTP/1.1\r\ncontent-length: 0x2\r\n\r\n", .contentLength),
        ("POST / HTTP/1.1\r\ncontent-length:\r\n\r\n", .contentLength),
        ("POST / HTTP/1.1\r\ncontent-length: 9999999999999999999\r\n\r\n", .contentLength),
        ("POST / HTTP/1.1\r\ntransfer-encoding: gzip, chunked\r\n\r\n", .transferEncoding),
        ("POST / HTTP/1.1\r\ntransfer-encoding: identity\r\n\r\n", .transferEncoding),
        ("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n", .transferEncoding),
        ("POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n", .transferEncoding),
        ("GET / HTTP/1.1\r\nhost: a\r\nhost: a\r\n\r\n", .repeatedHost),
        ("GET / HTTP/1.1\nhost: a\n\n", .lineEnd), ("GET / HTTP/1.1\r\nhost: a\n\r\n", .lineEnd),
        ("GET / HTTP/1.1\r\nhost: a\rx: y\r\n\r\n", .lineEnd), ("GET / HTTP/1.1\r\nx : y\r\n\r\n", .fieldName),
        ("GET / HTTP/1.1\r\n: y\r\n\r\n", .fieldName), ("GET / HTTP/1.1\r\nx\r\n\r\n", .fieldName),
        ("GET / HTTP/1.1\r\na b: y\r\n\r\n", .fieldName), ("GET / HTTP/1.1\r\nx: a\r\n b\r\n\r\n", .foldedField),
        ("GET / HTTP/1.1\r\nx: a\u{0}b\r\n\r\n", .fieldValue), ("GET / HTTP/1.1\r\nx: a\u{7F}b\r\n\r\n", .fieldValue),
        ("GET  / HTTP/1.1\r\n\r\n", .startLine), ("GET / HTTP/1.1 \r\n\r\n", .startLine), ("GET /\r\n\r\n", .startLine),
        ("GET / http/1.1\r\n\r\n", .startLine), ("GET /\u{E9} HTTP/1.1\r\n\r\n", .startLine),
        ("G(T / HTTP/1.1\r\n\r\n", .startLine), ("\u{16}\u{3}\u{1}", .startLine),
        (" GET / HTTP/1.1\r\n\r\n", .startLine),
        ("GET / HTTP/2.0\r\n\r\n", .version), ("GET / HTTP/1.2\r\n\r\n", .version),
        ("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", .chunk),
        ("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1 z\r\n", .chunk),
        ("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\nabc\r\n", .chunk),
        ("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\nab\r\n", .chunk),
        ("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n", .chunk),
        ("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n\r\n", .chunk),
        ("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n", .chunk),
    ]) func refusesWhatTwoReadersCouldTakeInTwoWays(_ text: String, _ reason: MalformedMessage) {
        #expect(read([text]).last == "refused: \(reason)")
        #expect(read(text.unicodeScalars.map { String($0) }).last == "refused: \(reason)", "character by character")
    }

    @Test(arguments: [
        ("http://h/v1/x?a", "/v1/x"), ("https://h:1/", "/"), ("http://h", ""), ("http://h?a", ""),
        ("/http://h/x", "/http://h/x"),
        ("*", "*"),
    ]) func readsThePathOfEveryFormOfTarget(_ target: String, _ path: String) throws {
        var reader = RequestReader(limits: HeadLimits(bytesMax: 4096, fieldsMax: 16))
        reader.append(ByteBuffer(string: "GET \(target) HTTP/1.1\r\nhost: h\r\n\r\n"))
        guard case .head(let head)? = try reader.next() else { return #expect(Bool(false)) }
        #expect(head.path == path)
    }

    @Test(arguments: [("key=abc", "abc"), ("a=1&key=x%20y&b", "x%20y"), ("monkey=1", nil), ("key=", "")])
    func findsTheKeyInTheQuery(_ query: String, _ key: String?) throws {
        var reader = RequestReader(limits: HeadLimits(bytesMax: 4096, fieldsMax: 16))
        reader.append(ByteBuffer(string: "GET /?\(query) HTTP/1.1\r\nhost: h\r\n\r\n"))
        guard case .head(let head)? = try reader.next() else { return #expect(Bool(false)) }
        #expect(head.keyPlace.map(head.fields.text) == key)
    }

    @Test func boundsHeadsWhetherTheyEndOrNot() {
        let limits = HeadLimits(bytesMax: 64, fieldsMax: 2)
        let long = "GET / HTTP/1.1\r\nx: " + String(repeating: "a", count: 64)
        #expect(read([long], limits: limits) == ["refused: headTooLarge"])
        #expect(read([long + "\r\n\r\n"], limits: limits) == ["refused: headTooLarge"])
        #expect(read(["GET / HTTP/1.1\r\na:1\r\nb:2\r\nc:3\r\n\r\n"], limits: limits) == ["refused: tooManyFields"])
    }

    @Test func boundsChunkLinesAndTrailers() {
        let head = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"
        #expect(read([head + "1;" + String(repeating: "x", count: 5000)]).last == "refused: chunk")
        let trailers = (0..<300).map { "trailer-number-\($0): x\r\n" }.joined()
        #expect(read([head + "0\r\n" + trailers]).last == "refused: chunk")
    }

    @Test func keepsWhatWasSentAheadAsBytesUntilItIsPulled() throws {
        var reader = RequestReader(limits: HeadLimits(bytesMax: 4096, fieldsMax: 16))
        reader.append(ByteBuffer(string: "GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n"))
        _ = try reader.next()
        _ = try reader.next()
        #expect(reader.heldBytes == "GET /b HTTP/1.1\r\n\r\n".utf8.count)
    }

    @Test func survivesEveryChangeOfOneByte() {
        let text = Array(
            "POST /v1/x HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".utf8)
        for place in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[place] = byte
                var reader = RequestReader(limits: HeadLimits(bytesMax: 4096, fieldsMax: 16))
                reader.append(ByteBuffer(bytes: changed))
                while case .some(.some) = try? reader.next() {}
            }
        }
    }
}
