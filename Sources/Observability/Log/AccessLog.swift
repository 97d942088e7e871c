public import Core
import NIOCore
import Wire

/// One line for each exchange, gathered on its loop and handed to the writer in batches.
///
/// A line holds no prompt, no answer and no secret; what clients wrote (model names, tags) is escaped, so that it
/// can neither begin a line nor end a string. Lives on one loop.
public final class AccessLog: RecordSink {
    private let writer: LogWriter
    private let format: LogFormat
    private var lines = ByteBuffer()
    private var timestamps = TimestampWriter()

    public init(writer: LogWriter, format: LogFormat) {
        self.writer = writer
        self.format = format
    }

    public func append(_ record: borrowing ExchangeRecord) -> Bool {
        let room = Self.bytesMax(record)
        if lines.capacity == 0 { lines.reserveCapacity(Limits.logBufferBytesMax) }
        switch format {
        case .json: lines.writeText(bytesMax: room) { JSONLine.write(record, &timestamps, &$0) }
        case .text: lines.writeText(bytesMax: room) { TextLine.write(record, &timestamps, &$0) }
        }
        guard lines.readableBytes >= Limits.logBufferBytesMax / 2 else { return true }
        return handOver()
    }

    public func flush() { _ = handOver() }

    private func handOver() -> Bool {
        guard lines.readableBytes > 0 else { return true }
        defer { lines = ByteBuffer() }
        return writer.write(lines)
    }

    /// More than a record's line can take: the names and numbers of all members, and every text escaped.
    private static func bytesMax(_ record: borrowing ExchangeRecord) -> Int {
        var room = 1024
        func add(_ text: String?) { if let text { room += TextCursor.escapedBytesMax(text) } }
        add(record.method)
        add(record.endpoint)
        add(record.errorMessage)
        add(record.project)
        add(record.key)
        add(record.model)
        add(record.client)
        add(record.finishReason)
        if let last = record.attempts.last {
            add(last.provider)
            add(last.upstreamModel)
            add(last.region)
            add(last.upstreamRequestID)
        }
        for tag in record.tags.entries {
            add(tag.name)
            add(tag.value)
            room += 16
        }
        return room
    }
}
