import Core
import NIOCore

/// Writes the messages of a connection, each as a frame of text.
struct ResponsesEvents {
    /// The `stream_id` that each repeats, as a JSON string; nil: none.
    let lane: ByteBuffer?

    /// - Parameter event: a JSON object.
    func write(_ event: UnsafeRawBufferPointer, into output: inout ByteBuffer) {
        guard let lane, event.first == UInt8(ascii: "{"), event.count > 2 else {
            output.writeFrameHead(.text, payloadBytes: event.count)
            output.writeBytes(event)
            return
        }
        let name: StaticString = #"{"stream_id":"#
        output.writeFrameHead(
            .text, payloadBytes: name.utf8CodeUnitCount + lane.readableBytes + event.count)
        output.writeStaticString(name)
        output.writeImmutableBuffer(lane)
        output.writeStaticString(",")
        output.writeBytes(event[1...])
    }

    func write(_ event: ByteBuffer, into output: inout ByteBuffer) {
        event.withUnsafeReadableBytes { write($0, into: &output) }
    }

    /// An error of the gateway's own.
    func write(_ error: GatewayError, code: String? = nil, into output: inout ByteBuffer) {
        var object = JSONWriter()
        object.beginObject()
        object.member("type", error.code.openAIType)
        object.member("code", code ?? error.code.rawValue)
        object.member("message", error.message)
        object.key("param")
        if let parameter = error.parameter { object.value(parameter) } else { object.null() }
        object.endObject()
        writeError(object.buffer, status: error.code.status, into: &output)
    }

    /// - Parameters:
    ///   - error: the object that a body has as `error`.
    ///   - fields: of the answer's head, of which clients get what they may act on.
    func writeError(
        _ error: ByteBuffer, status: Int, fields: HeaderFields = HeaderFields(), into output: inout ByteBuffer
    ) {
        var event = JSONWriter()
        event.beginObject()
        event.member("type", "error")
        event.member("status", status)
        event.key("error")
        event.raw(error)
        let told = fields.lines.filter { Self.isTold($0.name) }
        if !told.isEmpty {
            event.key("headers")
            event.beginObject()
            for line in told { event.member(fields.lowercasedName(line), fields.text(line.valuePlace)) }
            event.endObject()
        }
        event.endObject()
        write(event.buffer, into: &output)
    }

    private static func isTold(_ name: HeaderName) -> Bool {
        switch name {
        case .retryAfter, .retryAfterMilliseconds, .shouldRetry, .xRequestID, .rateLimitFamily, .headgateFamily: true
        default: false
        }
    }
}
