import Core
public import NIOCore

/// Turns a stream of events into one JSON array, element by element: how Gemini streams where it was not asked for
/// events. An error is an element like any other.
public struct EventArray {
    private var splitter = SSESplitter()
    private var isOpen = false

    public init() {}

    /// - Parameter events: whole ones, or pieces of them, in order.
    public mutating func push(_ events: ByteBuffer) -> ByteBuffer {
        var array = ByteBuffer()
        // Taken out for the call, because the closure touches the rest.
        var splitter = SSESplitter()
        swap(&splitter, &self.splitter)
        defer { swap(&splitter, &self.splitter) }
        // An event that was let through is not too large.
        _ = try? splitter.push(events) { event in
            guard let data = event.data, !data.isEmpty else { return }
            array.writeStaticString(isOpen ? ",\r\n" : "[")
            isOpen = true
            array.writeBytes(data)
        }
        return array
    }

    /// What ends the array.
    public mutating func end() -> ByteBuffer { ByteBuffer(string: isOpen ? "]" : "[]") }
}
