import Core
public import NIOCore

/// How a streamed answer is cut into its pieces.
public enum StreamFraming: Sendable {
    /// Server-sent events.
    case events
    /// Messages of an AWS event stream.
    case messages
    /// JSON objects: one on each line, or the elements of one array.
    case objects

    /// - Parameter contentType: the answer's field.
    /// - Returns: nil where it is that of no stream.
    public init?(contentType: UnsafeRawBufferPointer) {
        let end = contentType.firstIndex { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: " ") } ?? contentType.count
        let type = UnsafeRawBufferPointer(rebasing: contentType[..<end])
        guard let row = Self.types.first(where: { type.equalsIgnoringCase($0.type) }) else { return nil }
        self = row.framing
    }

    public init?(contentType: String) {
        var contentType = contentType
        guard let framing = contentType.withUTF8({ Self(contentType: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = framing
    }

    private static let types: [(type: StaticString, framing: StreamFraming)] = [
        ("text/event-stream", .events),
        ("application/vnd.amazon.eventstream", .messages),
        ("application/x-ndjson", .objects),
        ("application/ndjson", .objects),
        ("application/jsonl", .objects),
        ("application/x-jsonlines", .objects),
        ("application/stream+json", .objects),
    ]
}

/// Cuts a streamed answer into its pieces, whatever its framing: each is given as an event, whose name is the one that
/// the framing has.
enum StreamSplitter {
    case events(SSESplitter)
    case messages(EventStreamDecoder)
    case objects(ObjectSplitter)

    init(_ framing: StreamFraming) {
        switch framing {
        case .events: self = .events(SSESplitter())
        case .messages: self = .messages(EventStreamDecoder())
        case .objects: self = .objects(ObjectSplitter())
        }
    }

    /// Objects whose ends never came.
    var broken: Int { if case .objects(let splitter) = self { splitter.broken } else { 0 } }

    /// - Throws: `eventTooLarge`; `damaged` where nothing that follows can be read.
    mutating func push(_ bytes: ByteBuffer, _ body: (borrowing SSEEvent) -> Void) throws(StreamError) {
        switch self {
        case .events(var splitter):
            // Given up for the call, so that what the splitter holds is not copied.
            self = .events(SSESplitter())
            defer { self = .events(splitter) }
            try splitter.push(bytes, body)
        case .objects(var splitter):
            self = .objects(ObjectSplitter())
            defer { self = .objects(splitter) }
            try splitter.push(bytes) { body(SSEEvent(name: ByteText.empty, data: $0, raw: $0)) }
        case .messages(var decoder):
            self = .messages(EventStreamDecoder())
            defer { self = .messages(decoder) }
            do throws(EventStreamError) {
                try decoder.push(bytes) { body($0.asEvent) }
            } catch {
                throw .damaged
            }
        }
    }

    /// The stream ended: an event that lacks only its end is given all the same.
    /// - Returns: whether it ended inside a piece.
    mutating func finish(_ body: (borrowing SSEEvent) -> Void) -> Bool {
        switch self {
        case .events(var splitter):
            splitter.finish(body)
            return false
        case .objects(let splitter): return splitter.isInsideObject
        case .messages(let decoder): return decoder.isInsideMessage
        }
    }
}

extension EventStreamMessage {
    /// What is no event is one that tells an error.
    fileprivate var asEvent: SSEEvent {
        if name.isEmpty && !type.isText("event") {
            return SSEEvent(name: ByteText.error, data: payload, raw: payload)
        }
        return SSEEvent(name: name, data: payload, raw: payload)
    }
}
