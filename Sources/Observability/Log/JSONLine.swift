import Core
import Wire

/// A record as a line for programs: a JSON object.
enum JSONLine {
    static func write(
        _ record: borrowing ExchangeRecord, _ timestamps: inout TimestampWriter, _ line: inout TextCursor
    ) {
        line.write("{\"time\":\"")
        timestamps.write(record.startedAtUnixMicroseconds, into: &line)
        line.write("\",\"level\":\"info\",\"message\":\"exchange\",\"id\":\"")
        record.id.withCharacters { line.write(UnsafeRawBufferPointer($0)) }
        line.write("\"")
        line.text(",\"method\":\"", record.method)
        line.text(",\"endpoint\":\"", record.endpoint)
        line.number(",\"status\":", Int64(record.status))
        line.text(",\"outcome\":\"", record.outcome.rawValue)
        if let code = record.errorCode { line.text(",\"error_code\":\"", code.rawValue) }
        if let message = record.errorMessage { line.text(",\"error\":\"", message) }
        if record.project != "default" { line.text(",\"project\":\"", record.project) }
        if let client = record.client { line.text(",\"client\":\"", client) }
        if let key = record.key { line.text(",\"key\":\"", key) }
        if let model = record.model { line.text(",\"model\":\"", model) }
        if let last = record.attempts.last { write(last, count: record.attempts.count, &line) }
        if record.streamed { line.write(",\"streamed\":true") }
        line.duration(",\"duration_ms\":", record.duration)
        if let first = record.timeToFirstToken { line.duration(",\"time_to_first_token_ms\":", first) }
        line.duration(",\"gateway_ms\":", record.gatewayTime)
        if let reason = record.finishReason { line.text(",\"finish_reason\":\"", reason) }
        if record.unreadableEvents > 0 { line.number(",\"unreadable_events\":", Int64(record.unreadableEvents)) }
        for tag in record.tags.entries {
            line.write(",\"tag.")
            line.writeEscaped(tag.name)
            line.text("\":\"", tag.value)
        }
        line.write("}\n")
    }

    private static func write(_ attempt: AttemptRecord, count: Int, _ line: inout TextCursor) {
        line.text(",\"provider\":\"", attempt.provider)
        line.text(",\"upstream_model\":\"", attempt.upstreamModel)
        if let id = attempt.upstreamRequestID { line.text(",\"upstream_request_id\":\"", id) }
        if count > 1 { line.number(",\"attempts\":", Int64(count)) }
        guard attempt.usageSource != .none else { return }
        line.number(",\"tokens_in\":", Int64(attempt.usage.inputTotal))
        line.number(",\"tokens_out\":", Int64(attempt.usage.outputTotal))
    }
}

extension TextCursor {
    /// - Parameter beginning: all that stands before the text, its opening quote included.
    fileprivate mutating func text(_ beginning: StaticString, _ value: String) {
        write(beginning)
        writeEscaped(value)
        write("\"")
    }

    fileprivate mutating func number(_ beginning: StaticString, _ value: Int64) {
        write(beginning)
        writeDecimal(value)
    }

    fileprivate mutating func duration(_ beginning: StaticString, _ nanoseconds: Int64) {
        write(beginning)
        writeMilliseconds(nanoseconds)
    }
}
