import NIOCore

/// The head of an upstream's answer.
public struct ResponseHead: Sendable {
    public let status: Int
    public let fields: HeaderFields
    public let framing: BodyFraming
    /// Whether another request may follow on the connection.
    public let keepsAlive: Bool

    /// - Parameters:
    ///   - head: the whole head with its blank line.
    ///   - mayUpgrade: the request asked for another protocol.
    ///   - answersHEAD: the request was a HEAD, so that no body follows whatever the fields say.
    init(_ head: ByteBuffer, fieldsMax: Int, answersHEAD: Bool, mayUpgrade: Bool = false) throws(MalformedMessage) {
        let (start, facts, lines) = try HeadScanner.scan(head, fieldsMax: fieldsMax, StatusLine.init)
        guard facts.contentLength == nil || !facts.isChunked else { throw .bothFramings }
        guard start.status != 101 || mayUpgrade else { throw .upgrade }
        status = start.status
        fields = HeaderFields(bytes: head, lines: lines)
        if status == 101 {
            framing = .untilClose
        } else if answersHEAD || status < 200 || status == 204 || status == 304 {
            framing = .none
        } else if facts.isChunked {
            framing = .chunked
        } else if let length = facts.contentLength {
            framing = length > 0 ? .length(length) : .none
        } else {
            framing = .untilClose
        }
        let wants = start.isHTTP11 ? !facts.saysClose : facts.saysKeepAlive && !facts.saysClose
        keepsAlive = wants && framing != .untilClose
    }

    /// How its body is cut into pieces; nil where its content type is that of no stream.
    public var streamFraming: StreamFraming? {
        guard let line = fields.lines.first(where: { $0.name == .contentType }) else { return nil }
        return fields.withBytes(line.valuePlace) { StreamFraming(contentType: $0) }
    }
}

/// `HTTP/1.x CODE REASON`, of which the reason is for nobody.
private struct StatusLine {
    let status: Int
    let isHTTP11: Bool

    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) throws(MalformedMessage) {
        let line = UnsafeRawBufferPointer(rebasing: bytes[range])
        guard line.count >= 12, line.starts(with: "HTTP/1.".utf8), line[8] == 0x20, line.count == 12 || line[12] == 0x20
        else { throw .startLine }
        guard line[7] == UInt8(ascii: "0") || line[7] == UInt8(ascii: "1") else { throw .version }
        var status = 0
        for byte in line[9..<12] {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { throw .startLine }
            status = status * 10 + Int(digit)
        }
        guard status >= 100 else { throw .startLine }
        self.status = status
        isHTTP11 = line[7] == UInt8(ascii: "1")
    }
}
