import Core

/// Writes spans as the protobuf message `ExportTraceServiceRequest` of OTLP/HTTP.
public enum OTLPEncoder {
    /// The content type that the bytes are sent with.
    public static let contentType = "application/x-protobuf"

    /// - Parameter scope: who made the spans.
    public static func encode(_ spans: [OTLPSpan], scope: (name: String, version: String)) -> [UInt8] {
        var writer = ProtobufWriter()
        for group in grouped(spans) {
            writer.message(1) { resourceSpans in
                resourceSpans.message(1) { resource in
                    for attribute in group[0].resource { resource.message(1) { $0.write(attribute) } }
                }
                resourceSpans.message(2) { scopeSpans in
                    scopeSpans.message(1) {
                        $0.string(1, scope.name)
                        $0.string(2, scope.version)
                    }
                    for span in group { scopeSpans.message(2) { $0.write(span) } }
                }
            }
        }
        return writer.bytes
    }

    /// Spans of one resource together, in the order in which the resources first stand.
    private static func grouped(_ spans: [OTLPSpan]) -> [[OTLPSpan]] {
        var groups: [[OTLPSpan]] = []
        for span in spans {
            if let place = groups.firstIndex(where: { $0[0].resource == span.resource }) {
                groups[place].append(span)
            } else {
                groups.append([span])
            }
        }
        return groups
    }
}

extension ProtobufWriter {
    fileprivate mutating func write(_ span: OTLPSpan) {
        bigEndian(1, span.traceID.high, span.traceID.low)
        bigEndian(2, span.spanID.value)
        if let parent = span.parentSpanID { bigEndian(4, parent.value) }
        string(5, span.name)
        varint(6, UInt64(span.kind.rawValue))
        fixed64(7, span.startedAt)
        fixed64(8, span.endedAt)
        for attribute in span.attributes { message(9) { $0.write(attribute) } }
        guard span.status != .unset || !span.statusMessage.isEmpty else { return }
        message(15) {
            if !span.statusMessage.isEmpty { $0.string(2, span.statusMessage) }
            $0.varint(3, UInt64(span.status.rawValue))
        }
    }

    fileprivate mutating func write(_ attribute: OTLPAttribute) {
        string(1, attribute.key)
        message(2) { $0.write(attribute.value) }
    }

    private mutating func write(_ value: OTLPValue) {
        switch value {
        case .string(let text): string(1, text)
        case .bool(let flag): varint(2, flag ? 1 : 0)
        case .int(let number): varint(3, UInt64(bitPattern: number))
        case .double(let number): fixed64(4, number.bitPattern)
        case .array(let values): message(5) { list in for value in values { list.message(1) { $0.write(value) } } }
        case .map(let members): message(6) { map in for member in members { map.message(1) { $0.write(member) } } }
        case .bytes(let bytes): data(7, bytes)
        case .none: break
        }
    }
}
