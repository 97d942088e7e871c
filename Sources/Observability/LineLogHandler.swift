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
        var line = ByteBuffer()
        var timestamps = TimestampWriter()
        switch format {
        case .json:
            line.writeStaticString("{\"time\":\"")
            timestamps.write(WallClock.unixMicroseconds(), into: &line)
            line.writeStaticString("\",\"level\":\"")
            line.writeString(event.level.rawValue)
            line.writeStaticString("\",\"message\":")
            line.writeJSONString(event.message.description)
            for (name, value) in details {
                line.writeStaticString(",")
                line.writeJSONString(name)
                line.writeStaticString(":")
                line.writeJSONString(value.description)
            }
            line.writeStaticString("}\n")
        case .text:
            timestamps.write(WallClock.unixMicroseconds(), into: &line)
            line.writeString(" \(event.level.rawValue): ")
            line.writeEscaped(event.message.description)
            for (name, value) in details { line.writeEscaped(" \(name)=\(value)") }
            line.writeStaticString("\n")
        }
        writer.write(line)
    }
}
