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

    public func append(_ record: consuming ExchangeRecord) -> Bool {
        switch format {
        case .json: writeJSON(record)
        case .text: writeText(record)
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

    // MARK: JSON

    private func writeJSON(_ record: borrowing ExchangeRecord) {
        lines.writeStaticString("{\"time\":\"")
        timestamps.write(record.startedAtUnixMicroseconds, into: &lines)
        lines.writeStaticString("\",\"level\":\"info\",\"message\":\"exchange\",\"id\":\"")
        record.id.withCharacters { _ = lines.writeBytes($0) }
        lines.writeStaticString("\"")
        text("method", record.method)
        text("endpoint", record.endpoint)
        number("status", Int64(record.status))
        text("outcome", record.outcome.rawValue)
        if let code = record.errorCode { text("error_code", code.rawValue) }
        if let message = record.errorMessage { text("error", message) }
        if record.project != "default" { text("project", record.project) }
        if let key = record.key { text("key", key) }
        if let model = record.model { text("model", model) }
        if let last = record.attempts.last { writeAttempt(last, count: record.attempts.count) }
        if record.streamed { lines.writeStaticString(",\"streamed\":true") }
        microseconds("duration_ms", record.duration)
        if let first = record.timeToFirstToken { microseconds("time_to_first_token_ms", first) }
        microseconds("gateway_ms", record.gatewayTime)
        if let reason = record.finishReason { text("finish_reason", reason) }
        if record.unreadableEvents > 0 { number("unreadable_events", Int64(record.unreadableEvents)) }
        for tag in record.tags.entries { tagged(tag) }
        lines.writeStaticString("}\n")
    }

    private func writeAttempt(_ attempt: AttemptRecord, count: Int) {
        text("provider", attempt.provider)
        text("upstream_model", attempt.upstreamModel)
        if let id = attempt.upstreamRequestID { text("upstream_request_id", id) }
        if count > 1 { number("attempts", Int64(count)) }
        guard attempt.usageSource != .none else { return }
        number("tokens_in", Int64(attempt.usage.inputTotal))
        number("tokens_out", Int64(attempt.usage.outputTotal))
    }

    private func text(_ name: StaticString, _ value: String) {
        member(name)
        lines.writeJSONString(value)
    }

    private func number(_ name: StaticString, _ value: Int64) {
        member(name)
        lines.writeDecimal(value)
    }

    /// Nanoseconds as milliseconds with three decimals.
    private func microseconds(_ name: StaticString, _ nanoseconds: Int64) {
        member(name)
        lines.writeMilliseconds(nanoseconds)
    }

    private func member(_ name: StaticString) {
        lines.writeStaticString(",\"")
        lines.writeStaticString(name)
        lines.writeStaticString("\":")
    }

    private func tagged(_ tag: Tags.Tag) {
        lines.writeStaticString(",\"tag.")
        lines.writeEscaped(tag.name)
        lines.writeStaticString("\":")
        lines.writeJSONString(tag.value)
    }

    // MARK: Text

    private func writeText(_ record: borrowing ExchangeRecord) {
        timestamps.write(record.startedAtUnixMicroseconds, into: &lines)
        lines.writeStaticString(" ")
        lines.writeDecimal(Int64(record.status))
        word(record.outcome.rawValue)
        word(record.method)
        word(record.endpoint)
        if let model = record.model { word(model) }
        if let last = record.attempts.last { word("-> " + last.target) }
        lines.writeStaticString(" ")
        lines.writeMilliseconds(record.duration)
        lines.writeStaticString(" ms (gateway ")
        lines.writeMilliseconds(record.gatewayTime)
        lines.writeStaticString(")")
        if let last = record.attempts.last, last.usageSource != .none {
            word("\(last.usage.inputTotal)+\(last.usage.outputTotal) tokens")
        }
        if let key = record.key { word("key=\(key)") }
        for tag in record.tags.entries { word("\(tag.name)=\(tag.value)") }
        if let message = record.errorMessage { word(": \(message)") }
        word(record.id.description)
        lines.writeStaticString("\n")
    }

    private func word(_ text: String) {
        lines.writeStaticString(" ")
        lines.writeEscaped(text)
    }
}

extension ByteBuffer {
    /// Nanoseconds as milliseconds with three decimals.
    mutating func writeMilliseconds(_ nanoseconds: Int64) {
        let microseconds = max(nanoseconds, 0) / 1000
        writeDecimal(microseconds / 1000)
        let rest = Int(microseconds % 1000)
        writeInteger(UInt8(ascii: "."))
        for digit in [rest / 100, rest / 10 % 10, rest % 10] { writeInteger(UInt8(ascii: "0") + UInt8(digit)) }
    }
}
