import NIOCore

/// The lines of one server-sent event.
enum ServerSentEvent {
    static func write(_ name: String?, _ data: SimulatorJSON, into buffer: inout ByteBuffer) {
        if let name { buffer.writeString("event: \(name)\n") }
        buffer.writeStaticString("data: ")
        data.write(into: &buffer)
        buffer.writeStaticString("\n\n")
    }
}
