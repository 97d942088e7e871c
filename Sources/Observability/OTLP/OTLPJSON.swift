import Core
import Foundation
import Wire

/// Reads exports of spans in the JSON of OTLP: ids in hexadecimal, 64-bit integers as texts or numbers, enumerations
/// as numbers or words.
struct OTLPJSON {
    var budget = OTLPBudget()

    mutating func spans(_ bytes: [UInt8]) throws(OTLPError) -> [OTLPSpan] {
        var result: Result<[OTLPSpan], OTLPError> = .success([])
        bytes.withUnsafeBytes { bytes in
            do throws(OTLPError) {
                result = .success(try spans(in: bytes))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    private mutating func spans(in bytes: UnsafeRawBufferPointer) throws(OTLPError) -> [OTLPSpan] {
        do throws(JSONError) {
            try JSONScanner.validate(bytes)
        } catch {
            throw OTLPError("no JSON: \(error.reason.rawValue) at byte \(error.offset)")
        }
        guard let root = JSONObjectView(bytes) else { throw OTLPError("the JSON is no object, or too large a one") }
        var spans: [OTLPSpan] = []
        try forEachObject("resourceSpans", of: root) { reader, group throws(OTLPError) in
            var resource: [OTLPAttribute] = []
            if let view = group.object("resource") { resource = try reader.members("attributes", of: view, depth: 0) }
            try reader.forEachObject("scopeSpans", of: group) { reader, scope throws(OTLPError) in
                try reader.forEachObject("spans", of: scope) { reader, view throws(OTLPError) in
                    try reader.budget.takeSpan()
                    var span = try reader.span(view)
                    span.resource = resource
                    spans.append(span)
                }
            }
        }
        return spans
    }

    private mutating func span(_ view: JSONObjectView) throws(OTLPError) -> OTLPSpan {
        var ids = SpanIDs()
        ids.trace = try Self.hexadecimal(view.string("traceId"))
        ids.span = try Self.hexadecimal(view.string("spanId"))
        ids.parent = try Self.hexadecimal(view.string("parentSpanId"))
        var span = OTLPSpan(
            traceID: TraceID(high: 0, low: 0), spanID: SpanID(1), parentSpanID: nil, name: view.string("name") ?? "",
            startedAt: try Self.time(view, "startTimeUnixNano"), endedAt: try Self.time(view, "endTimeUnixNano"))
        span.kind = Self.word(view, "kind", "SPAN_KIND_", OTLPSpan.Kind.self) ?? .unspecified
        span.attributes = try members("attributes", of: view, depth: 0)
        if let status = view.object("status") {
            span.status = Self.word(status, "code", "STATUS_CODE_", OTLPSpan.Status.self) ?? .unset
            span.statusMessage = status.string("message") ?? ""
        }
        try ids.apply(to: &span)
        return span
    }

    // MARK: Attributes

    private mutating func members(
        _ name: StaticString, of view: JSONObjectView, depth: Int
    ) throws(OTLPError) -> [OTLPAttribute] {
        var attributes: [OTLPAttribute] = []
        try forEachObject(name, of: view) { reader, member throws(OTLPError) in
            try reader.budget.takeValue()
            var attribute = OTLPAttribute(member.string("key") ?? "", .none)
            if let view = member.object("value") { attribute.value = try reader.value(view, depth: depth) }
            try attributes.add(attribute)
        }
        return attributes
    }

    private mutating func value(_ view: JSONObjectView, depth: Int) throws(OTLPError) -> OTLPValue {
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
            guard let number = Int64(Self.text(of: member, bytes)) else { throw OTLPError("an intValue is no integer") }
            return .int(number)
        case ("doubleValue", .string), ("doubleValue", .number):
            guard let number = Double(Self.text(of: member, bytes)) else {
                throw OTLPError("a doubleValue is no number")
            }
            return .double(number)
        case ("arrayValue", .object):
            guard let list = JSONObjectView(bytes) else { return .array([]) }
            var values: [OTLPValue] = []
            try forEachObject("values", of: list) { reader, item throws(OTLPError) in
                try reader.budget.takeValue()
                values.append(try reader.value(item, depth: depth + 1))
            }
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

    /// Goes through a list of objects, until the first error; through none where there is no list.
    private mutating func forEachObject(
        _ name: StaticString, of view: JSONObjectView,
        _ body: (inout OTLPJSON, JSONObjectView) throws(OTLPError) -> Void
    ) throws(OTLPError) {
        guard let member = view.member(name), member.kind != .null else { return }
        guard member.kind == .array else { throw OTLPError("'\(name)' is no list") }
        var failure: OTLPError?
        JSONScanner.forEachElement(of: view.value(member)) { element in
            guard failure == nil else { return }
            do throws(OTLPError) {
                guard let view = JSONObjectView(element) else {
                    throw OTLPError("'\(name)' holds something that is no object")
                }
                try body(&self, view)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// A number as written, or a text without its quotes.
    private static func text(of member: JSONMember, _ bytes: UnsafeRawBufferPointer) -> String {
        member.kind == .string ? JSONText.string(bytes) : String(decoding: bytes, as: UTF8.self)
    }

    private static func time(_ view: JSONObjectView, _ name: StaticString) throws(OTLPError) -> UInt64 {
        guard let member = view.member(name), member.kind != .null else { return 0 }
        guard let time = UInt64(Self.text(of: member, view.value(member))) else {
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
