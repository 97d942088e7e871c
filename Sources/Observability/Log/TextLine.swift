import Core
import Wire

/// A record as a line for a person at a terminal.
enum TextLine {
    static func write(
        _ record: borrowing ExchangeRecord, _ timestamps: inout TimestampWriter, _ line: inout TextCursor
    ) {
        timestamps.write(record.startedAtUnixMicroseconds, into: &line)
        line.write(" ")
        line.writeDecimal(Int64(record.status))
        line.word(" ", record.outcome.rawValue)
        line.word(" ", record.method)
        line.word(" ", record.endpoint)
        if let model = record.model { line.word(" ", model) }
        if let last = record.attempts.last {
            line.word(" -> ", last.provider)
            line.word("/", last.upstreamModel)
            line.word("@", last.region)
        }
        line.write(" ")
        line.writeMilliseconds(record.duration)
        line.write(" ms (gateway ")
        line.writeMilliseconds(record.gatewayTime)
        line.write(")")
        if let last = record.attempts.last, last.usageSource != .none {
            line.write(" ")
            line.writeDecimal(Int64(last.usage.inputTotal))
            line.write("+")
            line.writeDecimal(Int64(last.usage.outputTotal))
            line.write(" tokens")
        }
        if let client = record.client { line.word(" client=", client) }
        if let key = record.key { line.word(" key=", key) }
        for tag in record.tags.entries {
            line.word(" ", tag.name)
            line.word("=", tag.value)
        }
        if let message = record.errorMessage { line.word(" : ", message) }
        line.write(" ")
        record.id.withCharacters { line.write(UnsafeRawBufferPointer($0)) }
        line.write("\n")
    }
}

extension TextCursor {
    fileprivate mutating func word(_ separator: StaticString, _ text: String) {
        write(separator)
        writeEscaped(text)
    }
}
