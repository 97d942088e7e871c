import NIOCore
import NIOHTTP1
import Wire

/// The head of an answer to a client, written field by field as it will go over the wire.
struct AnswerHead {
    private(set) var buffer: ByteBuffer
    let status: Int

    init(status: Int, reserving bytes: Int = 512) {
        self.status = status
        buffer = ByteBuffer()
        buffer.reserveCapacity(bytes)
        if status == 200 {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            buffer.writeStaticString("HTTP/1.1 ")
            buffer.writeDecimal(Int64(status))
            buffer.writeStaticString(" ")
            buffer.writeString(HTTPResponseStatus(statusCode: status).reasonPhrase)
            buffer.writeStaticString("\r\n")
        }
    }

    mutating func field(_ name: StaticString, _ value: String) { buffer.writeField(name, value) }
    mutating func field(_ name: String, _ value: String) { buffer.writeField(name, value) }
    mutating func field(_ name: StaticString, _ number: Int) { buffer.writeField(name, number) }

    mutating func requestID(_ id: String) {
        field("x-request-id", id)
        field("request-id", id)
    }

    /// `gateway` is what was spent here, `upstream` what was waited for; nanoseconds.
    mutating func serverTiming(gateway: Int64, queue: Int64, upstream: Int64?) {
        buffer.writeStaticString("server-timing: gateway;dur=")
        buffer.writeMilliseconds(gateway)
        buffer.writeStaticString(", queue;dur=")
        buffer.writeMilliseconds(queue)
        if let upstream {
            buffer.writeStaticString(", upstream;dur=")
            buffer.writeMilliseconds(upstream)
        }
        buffer.writeStaticString("\r\n")
    }

    /// A field line of an upstream's answer, as it came.
    mutating func line(_ line: HeaderFields.Line, of fields: HeaderFields) { buffer.writeLine(line, of: fields) }

    mutating func end() { buffer.writeStaticString("\r\n") }
}
