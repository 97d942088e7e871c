import Core

/// Reads exports of spans as protobuf, by the published numbers of the fields.
struct OTLPProtobuf {
    var budget = OTLPBudget()

    mutating func spans(_ bytes: [UInt8]) throws(OTLPError) -> [OTLPSpan] {
        var spans: [OTLPSpan] = []
        var reader = ProtobufReader(bytes[...])
        while let field = try reader.next() {
            if field.number == 1 { try resourceSpans(try field.data("resource_spans"), &spans) }
        }
        return spans
    }

    /// The resource may stand behind its spans.
    private mutating func resourceSpans(
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

    private mutating func scopeSpans(_ bytes: ArraySlice<UInt8>, _ spans: inout [OTLPSpan]) throws(OTLPError) {
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            guard field.number == 2 else { continue }
            try budget.takeSpan()
            spans.append(try span(try field.data("spans")))
        }
    }

    private mutating func span(_ bytes: ArraySlice<UInt8>) throws(OTLPError) -> OTLPSpan {
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

    private mutating func status(_ bytes: ArraySlice<UInt8>, _ span: inout OTLPSpan) throws(OTLPError) {
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

    private mutating func attributes(
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

    private mutating func attribute(_ bytes: ArraySlice<UInt8>, depth: Int) throws(OTLPError) -> OTLPAttribute {
        try budget.takeValue()
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

    private mutating func value(_ bytes: ArraySlice<UInt8>, depth: Int) throws(OTLPError) -> OTLPValue {
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

    private mutating func list(_ bytes: ArraySlice<UInt8>, depth: Int) throws(OTLPError) -> [OTLPValue] {
        var values: [OTLPValue] = []
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            guard field.number == 1 else { continue }
            try budget.takeValue()
            values.append(try value(try field.data("an array's value"), depth: depth))
        }
        return values
    }
}
