import Core

/// Reads exports of spans, as protobuf or as JSON. Unknown fields are passed over; whatever is malformed is an error
/// that says what is.
public enum OTLPDecoder {
    /// - Parameter contentType: `application/x-protobuf` or `application/json`; its parameters do not count.
    public static func decode(_ bytes: [UInt8], contentType: String) throws(OTLPError) -> [OTLPSpan] {
        let type = contentType.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
        switch type {
        case "application/x-protobuf", "application/protobuf":
            var reader = OTLPProtobuf()
            return try reader.spans(bytes)
        case "application/json":
            var reader = OTLPJSON()
            return try reader.spans(bytes)
        default:
            throw OTLPError("the content type is neither application/x-protobuf nor application/json")
        }
    }
}

extension [OTLPAttribute] {
    mutating func add(_ attribute: OTLPAttribute) throws(OTLPError) {
        guard count < OTLPLimits.attributesMax else {
            throw OTLPError("there are more than \(OTLPLimits.attributesMax) attributes")
        }
        append(attribute)
    }
}

/// A span's ids as they came.
struct SpanIDs {
    var trace: [UInt8] = []
    var span: [UInt8] = []
    /// Empty for a root.
    var parent: [UInt8] = []

    func apply(to target: inout OTLPSpan) throws(OTLPError) {
        guard trace.count == 16, trace.contains(where: { $0 != 0 }) else {
            throw OTLPError("a trace id is not 16 bytes that are not all zero")
        }
        target.traceID = TraceID(high: Self.word(trace[..<8]), low: Self.word(trace[8...]))
        target.spanID = try Self.spanID(span, "a span id")
        let hasParent = parent.contains { $0 != 0 } || ![0, 8].contains(parent.count)
        target.parentSpanID = hasParent ? try Self.spanID(parent, "a parent's span id") : nil
    }

    private static func spanID(_ bytes: [UInt8], _ what: String) throws(OTLPError) -> SpanID {
        guard bytes.count == 8, bytes.contains(where: { $0 != 0 }) else {
            throw OTLPError("\(what) is not 8 bytes that are not all zero")
        }
        return SpanID(word(bytes[...]))
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
