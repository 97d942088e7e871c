import Core
import NIOCore

/// Takes out of bodies and previews what must not be kept. Fails closed: a text that a pattern could not be tried on
/// within its limits is not kept at all.
struct Redactor: Sendable {
    private let kinds: Set<RedactedKind>
    private let patterns: PatternSet?

    init(_ settings: RecordSettings) throws(RedactionError) {
        kinds = settings.redactedKinds
        patterns = settings.redactedPatterns.isEmpty ? nil : try PatternSet(settings.redactedPatterns)
    }

    var isIdle: Bool { kinds.isEmpty && patterns == nil }

    /// - Returns: nil when the text cannot be kept.
    func redacted(_ text: ByteBuffer) -> ByteBuffer? {
        if isIdle { return text }
        var result = text
        if !kinds.isEmpty {
            let found = result.withUnsafeReadableBytes { SecretScanner.find(kinds, in: $0) }
            result = Self.replace(found.map { ($0.0, $0.1.rawValue) }, in: result)
        }
        guard let patterns else { return result }
        guard let found = result.withUnsafeReadableBytes({ patterns.find(in: $0) }) else { return nil }
        return Self.replace(found, in: result)
    }

    private static func replace(_ places: [(range: Range<Int>, name: String)], in text: ByteBuffer) -> ByteBuffer {
        if places.isEmpty { return text }
        var result = ByteBuffer()
        result.reserveCapacity(text.readableBytes)
        var position = text.readerIndex
        for (range, name) in places {
            let start = text.readerIndex + range.lowerBound
            if let part = text.getSlice(at: position, length: start - position) { result.writeImmutableBuffer(part) }
            result.writeString("[redacted:\(name)]")
            position = text.readerIndex + range.upperBound
        }
        if let rest = text.getSlice(at: position, length: text.writerIndex - position) {
            result.writeImmutableBuffer(rest)
        }
        return result
    }
}

/// A pattern of the configuration that cannot be used.
public struct RedactionError: Error, Sendable, Equatable {
    public let pattern: String
    public let message: String
}
