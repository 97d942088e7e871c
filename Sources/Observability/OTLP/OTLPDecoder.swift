import Core

/// Reads exports of spans, as protobuf or as JSON. Unknown fields are passed over; whatever is malformed is an error
/// that says what is.
public enum OTLPDecoder {
    /// - Parameter contentType: `application/x-protobuf` or `application/json`; its parameters do not count.
    public static func decode(_ bytes: [UInt8], contentType: String) throws(OTLPError) -> [OTLPSpan] {
        let type = contentType.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
        switch type {
        case "application/x-protobuf", "application/protobuf": return try protobuf(bytes)
        case "application/json": return try OTLPJSON.decode(bytes)
        default:
            throw OTLPError("the content type is neither application/x-protobuf nor application/json")
        }
    }

    private static func protobuf(_ bytes: [UInt8]) throws(OTLPError) -> [OTLPSpan] {
        var spans: [OTLPSpan] = []
        var reader = ProtobufReader(bytes[...])
        while let field = try reader.next() {
            if field.number == 1 { try resourceSpans(try field.data("resource_spans"), &spans) }
        }
        return spans
    }

    /// The resource may stand behind its spans.
    private static func resourceSpans(
        _ bytes: ArraySlice<UInt8>, _ spans: inout [OTLPSpan]
    ) throws(OTLPError) {
        let first = spans.count
        var resource: [OTLPAttribute] = []
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: resource += try attributes(of: try field.data("resource"), field: 1)
            case 2: try scopeSpans(try field.data("scope_spans"), &spans)
            default: break
            }
        }
        for place in first..<spans.count { spans[place].resource = resource }
    }

    private static func scopeSpans(_ bytes: ArraySlice<UInt8>, _ spans: inout [OTLPSpan]) throws(OTLPError) {
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            guard field.number == 2 else { continue }
            guard spans.count < OTLPLimits.spansMax else {
                throw OTLPError("there are more than \(OTLPLimits.spansMax) spans")
            }
            spans.append(try span(try field.data("spans")))
        }
    }

    private static func span(_ bytes: ArraySlice<UInt8>) throws(OTLPError) -> OTLPSpan {
        var ids = SpanIDs()
        var span = OTLPSpan(
            traceID: TraceID(high: 0, low: 0), spanID: SpanID(1), parentSpanID: nil, name: "", startedAt: 0, endedAt: 0)
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: ids.trace = Array(try field.data("trace_id"))
            case 2: ids.span = Array(try field.data("span_id"))
            case 4: ids.parent = Array(try field.data("parent_span_id"))
            case 5: span.name = try field.text("name")
            case 6: span.kind = OTLPSpan.Kind(rawValue: Int(truncatingIfNeeded: try field.varint("kind"))) ?? span.kind
            case 7: span.startedAt = try field.fixed64("start_time_unix_nano")
            case 8: span.endedAt = try field.fixed64("end_time_unix_nano")
            case 9:
                try span.attributes.add(try attribute(try field.data("attributes"), depth: 0))
            case 15: try status(try field.data("status"), &span)
            default: break
            }
        }
        try ids.apply(to: &span)
        return span
    }

    private static func status(_ bytes: ArraySlice<UInt8>, _ span: inout OTLPSpan) throws(OTLPError) {
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 2: span.statusMessage = try field.text("status.message")
            case 3:
                let code = Int(truncatingIfNeeded: try field.varint("status.code"))
                span.status = OTLPSpan.Status(rawValue: code) ?? .unset
            default: break
            }
        }
    }

    // MARK: Attributes

    private static func attributes(
        of bytes: ArraySlice<UInt8>, field number: UInt64, depth: Int = 0
    ) throws(OTLPError) -> [OTLPAttribute] {
        var attributes: [OTLPAttribute] = []
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            guard field.number == number else { continue }
            try attributes.add(try attribute(try field.data("attributes"), depth: depth))
        }
        return attributes
    }

    private static func attribute(_ bytes: ArraySlice<UInt8>, depth: Int) throws(OTLPError) -> OTLPAttribute {
        var attribute = OTLPAttribute("", .none)
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: attribute.key = try field.text("an attribute's key")
            case 2: attribute.value = try value(try field.data("an attribute's value"), depth: depth)
            default: break
            }
        }
        return attribute
    }

    private static func value(_ bytes: ArraySlice<UInt8>, depth: Int) throws(OTLPError) -> OTLPValue {
        guard depth < OTLPLimits.depthMax else {
            throw OTLPError("an attribute is nested deeper than \(OTLPLimits.depthMax) levels")
        }
        var value = OTLPValue.none
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: value = .string(try field.text("a string"))
            case 2: value = .bool(try field.varint("a bool") != 0)
            case 3: value = .int(Int64(bitPattern: try field.varint("an int")))
            case 4: value = .double(Double(bitPattern: try field.fixed64("a double")))
            case 5: value = .array(try list(try field.data("an array"), depth: depth + 1))
            case 6: value = .map(try attributes(of: try field.data("a map"), field: 1, depth: depth + 1))
            case 7: value = .bytes(Array(try field.data("bytes")))
            default: break
            }
        }
        return value
    }

    private static func list(_ bytes: ArraySlice<UInt8>, depth: Int) throws(OTLPError) -> [OTLPValue] {
        var values: [OTLPValue] = []
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            if field.number == 1 { values.append(try value(try field.data("an array's value"), depth: depth)) }
        }
        return values
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
