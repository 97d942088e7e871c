import Core
import Foundation
import Wire

/// Reads exports of spans in the JSON of OTLP: ids in hexadecimal, 64-bit integers as texts or numbers, enumerations
/// as numbers or words.
enum OTLPJSON {
    static func decode(_ bytes: [UInt8]) throws(OTLPError) -> [OTLPSpan] {
        var result: Result<[OTLPSpan], OTLPError> = .success([])
        bytes.withUnsafeBytes { bytes in
            do throws(OTLPError) {
                result = .success(try decode(bytes))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    private static func decode(_ bytes: UnsafeRawBufferPointer) throws(OTLPError) -> [OTLPSpan] {
        do throws(JSONError) {
            try JSONScanner.validate(bytes)
        } catch {
            throw OTLPError("no JSON: \(error.reason.rawValue) at byte \(error.offset)")
        }
        guard let root = JSONObjectView(bytes) else { throw OTLPError("the JSON is no object, or too large a one") }
        var spans: [OTLPSpan] = []
        for group in try objects("resourceSpans", of: root) {
            var resource: [OTLPAttribute] = []
            if let view = group.object("resource") { resource = try members("attributes", of: view, depth: 0) }
            for scope in try objects("scopeSpans", of: group) {
                for view in try objects("spans", of: scope) {
                    guard spans.count < OTLPLimits.spansMax else {
                        throw OTLPError("there are more than \(OTLPLimits.spansMax) spans")
                    }
                    var span = try span(view)
                    span.resource = resource
                    spans.append(span)
                }
            }
        }
        return spans
    }

    private static func span(_ view: JSONObjectView) throws(OTLPError) -> OTLPSpan {
        var ids = SpanIDs()
        ids.trace = try hexadecimal(view.string("traceId"))
        ids.span = try hexadecimal(view.string("spanId"))
        ids.parent = try hexadecimal(view.string("parentSpanId"))
        var span = OTLPSpan(
            traceID: TraceID(high: 0, low: 0), spanID: SpanID(1), parentSpanID: nil, name: view.string("name") ?? "",
            startedAt: try time(view, "startTimeUnixNano"), endedAt: try time(view, "endTimeUnixNano"))
        span.kind = word(view, "kind", "SPAN_KIND_", OTLPSpan.Kind.self) ?? .unspecified
        span.attributes = try members("attributes", of: view, depth: 0)
        if let status = view.object("status") {
            span.status = word(status, "code", "STATUS_CODE_", OTLPSpan.Status.self) ?? .unset
            span.statusMessage = status.string("message") ?? ""
        }
        try ids.apply(to: &span)
        return span
    }

    // MARK: Attributes

    private static func members(
        _ name: StaticString, of view: JSONObjectView, depth: Int
    ) throws(OTLPError) -> [OTLPAttribute] {
        var attributes: [OTLPAttribute] = []
        for member in try objects(name, of: view) {
            var attribute = OTLPAttribute(member.string("key") ?? "", .none)
            if let view = member.object("value") { attribute.value = try value(view, depth: depth) }
            try attributes.add(attribute)
        }
        return attributes
    }

    private static func value(_ view: JSONObjectView, depth: Int) throws(OTLPError) -> OTLPValue {
        guard depth < OTLPLimits.depthMax else {
            throw OTLPError("an attribute is nested deeper than \(OTLPLimits.depthMax) levels")
        }
        guard let member = view.members.last(where: { $0.kind != .null }) else { return .none }
        let bytes = view.value(member)
        switch (view.key(member), member.kind) {
        case ("stringValue", .string): return .string(JSONText.string(bytes))
        case ("boolValue", .yes): return .bool(true)
        case ("boolValue", .no): return .bool(false)
        case ("intValue", .string), ("intValue", .number):
            guard let number = Int64(text(of: member, bytes)) else { throw OTLPError("an intValue is no integer") }
            return .int(number)
        case ("doubleValue", .string), ("doubleValue", .number):
            guard let number = Double(text(of: member, bytes)) else { throw OTLPError("a doubleValue is no number") }
            return .double(number)
        case ("arrayValue", .object):
            guard let list = JSONObjectView(bytes) else { return .array([]) }
            var values: [OTLPValue] = []
            for item in try objects("values", of: list) { values.append(try value(item, depth: depth + 1)) }
            return .array(values)
        case ("kvlistValue", .object):
            guard let map = JSONObjectView(bytes) else { return .map([]) }
            return .map(try members("values", of: map, depth: depth + 1))
        case ("bytesValue", .string):
            guard let data = Data(base64Encoded: JSONText.string(bytes)) else {
                throw OTLPError("a bytesValue is not base64")
            }
            return .bytes([UInt8](data))
        case ("stringValue", _), ("boolValue", _), ("intValue", _), ("doubleValue", _), ("arrayValue", _),
            ("kvlistValue", _), ("bytesValue", _):
            throw OTLPError("an attribute's value has the wrong JSON type")
        default: return .none
        }
    }

    // MARK: Values

    /// The elements of a list of objects; none where there is no list.
    private static func objects(_ name: StaticString, of view: JSONObjectView) throws(OTLPError) -> [JSONObjectView] {
        guard let member = view.member(name), member.kind != .null else { return [] }
        guard member.kind == .array else { throw OTLPError("'\(name)' is no list") }
        let list = view.value(member)
        var views: [JSONObjectView] = []
        for range in JSONScanner.elements(of: list) {
            guard let view = JSONObjectView(UnsafeRawBufferPointer(rebasing: list[range])) else {
                throw OTLPError("'\(name)' holds something that is no object")
            }
            views.append(view)
        }
        return views
    }

    /// A number as written, or a text without its quotes.
    private static func text(of member: JSONMember, _ bytes: UnsafeRawBufferPointer) -> String {
        member.kind == .string ? JSONText.string(bytes) : String(decoding: bytes, as: UTF8.self)
    }

    private static func time(_ view: JSONObjectView, _ name: StaticString) throws(OTLPError) -> UInt64 {
        guard let member = view.member(name), member.kind != .null else { return 0 }
        guard let time = UInt64(text(of: member, view.value(member))) else {
            throw OTLPError("'\(name)' is no whole number of nanoseconds")
        }
        return time
    }

    private static func word<Word: RawRepresentable<Int> & CaseIterable>(
        _ view: JSONObjectView, _ name: StaticString, _ prefix: String, _ type: Word.Type
    ) -> Word? {
        if let number = view.integer(name) { return Word(rawValue: number) }
        guard let text = view.string(name) else { return nil }
        return Word.allCases.first { prefix + "\($0)".uppercased() == text }
    }

    /// Either case; none for no text.
    private static func hexadecimal(_ text: String?) throws(OTLPError) -> [UInt8] {
        let digits = (text ?? "").utf8.map { byte in Character(UnicodeScalar(byte)).hexDigitValue }
        guard digits.count % 2 == 0, digits.count <= 32, !digits.contains(nil) else {
            throw OTLPError("an id is not hexadecimal")
        }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8((digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0)) }
    }
}
