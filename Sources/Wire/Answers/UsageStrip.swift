public import NIOCore

/// Takes every trace of a usage that the gateway asked for, and the client did not, out of an OpenAI stream: the
/// chunk that carries nothing else, and the `usage` member of the others.
public enum UsageStrip {
    public enum Verdict: Equatable {
        case keep
        case drop
        case replace(ByteBuffer)
    }

    public static func judge(_ event: borrowing SSEEvent) -> Verdict {
        guard let data = event.data, mentionsUsage(data), let chunk = JSONObjectView(data),
            let place = chunk.members.lastIndex(where: { chunk.isNamed($0, "usage") })
        else { return .keep }
        if chunk.members[place].kind != .null, let choices = chunk.member("choices"), choices.kind == .array,
            JSONScanner.elements(of: chunk.value(choices)).isEmpty
        {
            return .drop
        }
        return .replace(line(chunk, without: place, event))
    }

    /// Tells by the bytes that there is no such member, which is so for nearly every event: inside a string the
    /// quotes would be escaped.
    private static func mentionsUsage(_ data: UnsafeRawBufferPointer) -> Bool {
        let name: StaticString = "\"usage\""
        let length = name.utf8CodeUnitCount
        let pattern = UnsafeBufferPointer(start: name.utf8Start, count: length)
        guard data.count >= length else { return false }
        // From the end: usage is the last member where it stands at all.
        var position = data.count - length
        while position >= 0 {
            if data[position] == pattern[0], data[position..<(position + length)].elementsEqual(pattern) { return true }
            position -= 1
        }
        return false
    }

    private static func line(_ chunk: JSONObjectView, without place: Int, _ event: borrowing SSEEvent) -> ByteBuffer {
        let member = chunk.members[place]
        // With its quotes and one of the commas around it.
        var start = member.keyStart - 1
        var end = member.valueEnd
        if place > 0 {
            start = chunk.members[place - 1].valueEnd
        } else if place + 1 < chunk.members.count {
            end = chunk.members[place + 1].keyStart - 1
        }
        var text = ByteBuffer()
        text.reserveCapacity(event.raw.count + 16)
        writeOtherLines(of: event, into: &text)
        text.writeStaticString("data: ")
        writeData(chunk.bytes[..<start], into: &text)
        writeData(chunk.bytes[end...], into: &text)
        text.writeStaticString("\n\n")
        return text
    }

    /// Everything that is not data: the event's name, its id, comments.
    private static func writeOtherLines(of event: borrowing SSEEvent, into text: inout ByteBuffer) {
        for line in event.raw.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) where !line.starts(with: "data".utf8)
        {
            text.writeBytes(line)
            text.writeStaticString("\n")
        }
    }

    /// Data that came in several lines goes out in several.
    private static func writeData(_ bytes: Slice<UnsafeRawBufferPointer>, into text: inout ByteBuffer) {
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if index > 0 { text.writeStaticString("\ndata: ") }
            text.writeBytes(line)
        }
    }
}
