public import Core
public import NIOCore

/// One server-sent event. Valid only inside the call that gets it.
public struct SSEEvent {
    /// The value of its `event:` line; empty when it has none.
    public let name: UnsafeRawBufferPointer
    /// The values of its `data:` lines, joined by line feeds; nil when it has none (a comment, say).
    public let data: UnsafeRawBufferPointer?
    /// The event as it came, with the blank line that ends it.
    public let raw: UnsafeRawBufferPointer
}

/// Cuts a stream of bytes into server-sent events, wherever the reads split it.
///
/// Accepts what real servers send: LF, CRLF and CR, comments, several `data:` lines, `data:` with and without a space,
/// a byte order mark, and a last event without its blank line. What it holds is bounded.
/// Source: the WHATWG's HTML standard, "Interpreting an event stream".
public struct SSESplitter {
    /// The bytes of an event whose end has not come.
    private var held = ByteBuffer()
    /// How far `held` has been searched for the event's end.
    private var searched = 0
    private var isFirst = true
    private var joined: [UInt8] = []

    public init() {}

    /// Takes bytes, and gives each event that they complete.
    /// - Returns: how many of these bytes belong to completed events; the rest is the next event's beginning.
    @discardableResult
    public mutating func push(
        _ bytes: ByteBuffer, _ body: (borrowing SSEEvent) -> Void
    ) throws(StreamError) -> Int {
        guard held.readableBytes > 0 else {
            let consumed = bytes.withUnsafeReadableBytes { split($0, from: 0, body) }
            if consumed < bytes.readableBytes { hold(bytes.part(consumed..<bytes.readableBytes)) }
            try checkHeld()
            return consumed
        }
        let before = held.readableBytes
        held.writeImmutableBuffer(bytes)
        var buffer = held
        let consumed = buffer.withUnsafeReadableBytes { split($0, from: searched, body) }
        if consumed == 0 {
            searched = max(0, held.readableBytes - 4)
        } else {
            let rest = buffer.part(consumed..<buffer.readableBytes)
            buffer = ByteBuffer()
            held = ByteBuffer()
            hold(rest)
        }
        try checkHeld()
        return max(0, consumed - before)
    }

    /// The stream ended: an event that lacks only its blank line is given all the same.
    public mutating func finish(_ body: (borrowing SSEEvent) -> Void) {
        guard held.readableBytes > 0 else { return }
        held.withUnsafeReadableBytes { deliver($0, body) }
        held = ByteBuffer()
        searched = 0
    }

    private mutating func hold(_ rest: ByteBuffer) {
        held = rest
        searched = max(0, rest.readableBytes - 4)
    }

    private func checkHeld() throws(StreamError) {
        if held.readableBytes > Limits.streamEventBytesMax { throw .eventTooLarge }
    }

    // MARK: Splitting

    /// - Returns: the place after the last completed event.
    private mutating func split(
        _ bytes: UnsafeRawBufferPointer, from start: Int, _ body: (borrowing SSEEvent) -> Void
    ) -> Int {
        var eventStart = 0
        var position = start
        while let end = endOfEvent(bytes, from: position) {
            deliver(UnsafeRawBufferPointer(rebasing: bytes[eventStart..<end]), body)
            eventStart = end
            position = end
        }
        return eventStart
    }

    /// The place after the next blank line.
    private func endOfEvent(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var position = start
        while let lineEnd = SSESplitter.lineEnd(bytes, from: position) {
            let next = SSESplitter.afterTerminator(bytes, at: lineEnd)
            if next < bytes.count, bytes[next] == 0x0A || bytes[next] == 0x0D {
                // A last carriage return is one half of a line's end where lines end in line feeds: the other half
                // must not be taken for the next event's.
                if bytes[next] == 0x0D, next + 1 == bytes.count, bytes[next - 1] == 0x0A { return nil }
                return SSESplitter.afterTerminator(bytes, at: next)
            }
            position = next
        }
        return nil
    }

    private static func lineEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
        var position = start
        while position + ByteWord.byteCount <= bytes.count {
            let marks = ByteWord.marksOfLineEnds(ByteWord.load(base + position))
            if marks != 0 { return position + ByteWord.first(marks) }
            position += ByteWord.byteCount
        }
        while position < bytes.count {
            if base[position] == 0x0A || base[position] == 0x0D { return position }
            position += 1
        }
        return nil
    }

    private static func afterTerminator(_ bytes: UnsafeRawBufferPointer, at end: Int) -> Int {
        bytes[end] == 0x0D && end + 1 < bytes.count && bytes[end + 1] == 0x0A ? end + 2 : end + 1
    }

    // MARK: Reading one event

    private mutating func deliver(_ raw: UnsafeRawBufferPointer, _ body: (borrowing SSEEvent) -> Void) {
        var name = UnsafeRawBufferPointer(start: nil, count: 0)
        var data: UnsafeRawBufferPointer?
        var lines = 0
        var position = 0
        if isFirst {
            isFirst = false
            if raw.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        }
        while position < raw.count {
            let end = SSESplitter.lineEnd(raw, from: position) ?? raw.count
            let line = UnsafeRawBufferPointer(rebasing: raw[position..<end])
            position = end < raw.count ? SSESplitter.afterTerminator(raw, at: end) : end
            if let value = SSESplitter.value(of: "data", in: line) {
                lines += 1
                if lines == 1 {
                    data = value
                } else {
                    if lines == 2, let data { joined = Array(data) }
                    joined.append(0x0A)
                    joined.append(contentsOf: value)
                }
            } else if let value = SSESplitter.value(of: "event", in: line) {
                name = value
            }
        }
        if lines > 1 {
            joined.withUnsafeBytes { body(SSEEvent(name: name, data: $0, raw: raw)) }
        } else {
            body(SSEEvent(name: name, data: data, raw: raw))
        }
    }

    private static func value(of field: StaticString, in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let length = field.utf8CodeUnitCount
        guard line.count >= length,
            line[..<length].elementsEqual(UnsafeBufferPointer(start: field.utf8Start, count: length))
        else { return nil }
        if line.count == length { return UnsafeRawBufferPointer(rebasing: line[length...]) }
        guard line[length] == UInt8(ascii: ":") else { return nil }
        let start = length + 1 < line.count && line[length + 1] == 0x20 ? length + 2 : length + 1
        return UnsafeRawBufferPointer(rebasing: line[start...])
    }
}
