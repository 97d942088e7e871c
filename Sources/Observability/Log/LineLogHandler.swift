import Core
public import Logging
import NIOCore
import Wire

/// The program's own log lines, in the same form and through the same writer as the exchanges'.
public struct LineLogHandler: LogHandler {
    public var logLevel = Logger.Level.info
    public var metadata: Logger.Metadata = [:]
    private let writer: LogWriter
    private let format: LogFormat

    public init(writer: LogWriter, format: LogFormat) {
        self.writer = writer
        self.format = format
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let details = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
            .map { (name: $0.key, value: $0.value.description) }
        let message = event.message.description
        let room = details.reduce(TextCursor.escapedBytesMax(message) + 256) { room, detail in
            room + TextCursor.escapedBytesMax(detail.name) + TextCursor.escapedBytesMax(detail.value) + 8
        }
        var line = ByteBuffer()
        var timestamps = TimestampWriter()
        line.writeText(bytesMax: room) { line in
            switch format {
            case .json:
                line.write("{\"time\":\"")
                timestamps.write(WallClock.unixMicroseconds(), into: &line)
                line.write("\",\"level\":\"")
                line.write(event.level.rawValue)
                line.write("\",\"message\":\"")
                line.writeEscaped(message)
                line.write("\"")
                for (name, value) in details {
                    line.write(",\"")
                    line.writeEscaped(name)
                    line.write("\":\"")
                    line.writeEscaped(value)
                    line.write("\"")
                }
                line.write("}\n")
            case .text:
                timestamps.write(WallClock.unixMicroseconds(), into: &line)
                line.write(" ")
                line.write(event.level.rawValue)
                line.write(": ")
                line.writeEscaped(message)
                for (name, value) in details {
                    line.write(" ")
                    line.writeEscaped(name)
                    line.write("=")
                    line.writeEscaped(value)
                }
                line.write("\n")
            }
        }
        writer.write(line)
    }
}
