import Core
import Foundation
import Testing

@testable import Observability

@Suite struct OTLPDecoderTests {
    private static let protobuf = "application/x-protobuf"

    private static var spans: [OTLPSpan] {
        SpanMaker(.openTelemetry, version: "1").spans(of: OTLPSamples.withBodies, withContent: true) + [OTLPSamples.odd]
    }

    private func encoded(_ spans: [OTLPSpan]) -> [UInt8] {
        OTLPEncoder.encode(spans, scope: (name: "test", version: "1"))
    }

    @Test func whatIsEncodedIsDecodedAsItWas() throws {
        #expect(try OTLPDecoder.decode(encoded(Self.spans), contentType: Self.protobuf) == Self.spans)
        #expect(try OTLPDecoder.decode([], contentType: "application/x-protobuf; q=1") == [])
    }

    @Test func jsonOfTheSameSpansDecodesTheSame() throws {
        let json = Array(OTLPSamplesJSON.export(Self.spans).utf8)
        #expect(try OTLPDecoder.decode(json, contentType: "application/json; charset=utf-8") == Self.spans)
    }

    /// Short, so that its every cut and change is soon tried.
    private var short: (bytes: [UInt8], json: [UInt8]) {
        (encoded([OTLPSamples.odd]), Array(OTLPSamplesJSON.export([OTLPSamples.odd]).utf8))
    }

    @Test func cutsOfEveryLengthAreErrorsOrNoSpans() {
        let (bytes, json) = short
        var wrong: [Int] = []
        for length in 0..<bytes.count
        where (try? OTLPDecoder.decode(Array(bytes[..<length]), contentType: Self.protobuf))?.isEmpty == false {
            wrong.append(length)
        }
        for length in 0..<json.count
        where (try? OTLPDecoder.decode(Array(json[..<length]), contentType: "application/json")) != nil {
            wrong.append(length)
        }
        #expect(wrong.isEmpty)
    }

    @Test func changedBytesNeverCrash() {
        let (bytes, json) = short
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 0x85
            _ = try? OTLPDecoder.decode(changed, contentType: Self.protobuf)
        }
        for place in json.indices {
            var changed = json
            changed[place] ^= 1
            _ = try? OTLPDecoder.decode(changed, contentType: "application/json")
        }
    }

    @Test(arguments: [
        (#"{"resourceSpans":{}}"#, "'resourceSpans' is no list"),
        (#"[]"#, "the JSON is no object, or too large a one"),
        (#"{"#, "no JSON: the document ends too early at byte 1"),
        (span(#""traceId":"00","spanId":"0000000000000001""#), "a trace id is not 16 bytes that are not all zero"),
        (span(#""traceId":"xy""#), "an id is not hexadecimal"),
        (span(ids + #","startTimeUnixNano":"soon""#), "'startTimeUnixNano' is no whole number of nanoseconds"),
        (span(ids + #","attributes":[{"key":"a","value":{"intValue":"1.5"}}]"#), "an intValue is no integer"),
        (
            span(ids + #","attributes":[{"key":"a","value":{"boolValue":"true"}}]"#),
            "an attribute's value has the wrong JSON type"
        ),
        (span(ids + #","parentSpanId":"0102""#), "a parent's span id is not 8 bytes that are not all zero"),
    ]) func malformedJSONIsExplained(_ json: String, _ explanation: String) {
        #expect(throws: OTLPError(explanation)) {
            try OTLPDecoder.decode(Array(json.utf8), contentType: "application/json")
        }
    }

    @Test func idsInUpperCaseWordsForNumbersAndUnknownMembersAreUnderstood() throws {
        let json = Self.span(
            #""traceId":"000000000000000A000000000000000B","spanId":"000000000000000C","parentSpanId":"","#
                + #""kind":"SPAN_KIND_SERVER","startTimeUnixNano":1795428000000000001,"novel":[{}],"#
                + #""status":{"code":"STATUS_CODE_OK"},"attributes":[{"key":"n","value":{"intValue":7}}]"#)
        let span = try OTLPDecoder.decode(Array(json.utf8), contentType: "application/json")[0]
        #expect(span.traceID == TraceID(high: 10, low: 11) && span.spanID == SpanID(12) && span.parentSpanID == nil)
        #expect(span.kind == .server && span.status == .ok && span.startedAt == 1_795_428_000_000_000_001)
        #expect(span["n"] == .int(7))
    }

    @Test func valuesThatAreNestedTooDeepAreRefused() {
        var value = OTLPValue.int(1)
        for _ in 0..<100 { value = .array([value]) }
        var span = OTLPSamples.odd
        span.attributes = [OTLPAttribute("deep", value)]
        let error = OTLPError("an attribute is nested deeper than 16 levels")
        #expect(throws: error) { try OTLPDecoder.decode(encoded([span]), contentType: Self.protobuf) }
        let json = Array(OTLPSamplesJSON.export([span]).utf8)
        #expect(throws: OTLPError.self) { try OTLPDecoder.decode(json, contentType: "application/json") }
    }

    @Test func moreValuesOrSpansThanAreAllowedAreRefused() {
        let list = (bytes: encoded(Self.spans), json: Array(OTLPSamplesJSON.export(Self.spans).utf8))
        var protobuf = OTLPProtobuf()
        var json = OTLPJSON()
        protobuf.budget.values = 20
        json.budget.values = 20
        let tooManyValues = OTLPError("there are too many attributes and values")
        #expect(throws: tooManyValues) { try protobuf.spans(list.bytes) }
        #expect(throws: tooManyValues) { try json.spans(list.json) }
        (protobuf, json) = (OTLPProtobuf(), OTLPJSON())
        protobuf.budget.spans = 3
        json.budget.spans = 3
        #expect(throws: OTLPError("there are too many spans")) { try protobuf.spans(list.bytes) }
        #expect(throws: OTLPError("there are too many spans")) { try json.spans(list.json) }
    }

    @Test func otherContentTypesAreRefused() {
        #expect(throws: OTLPError("the content type is neither application/x-protobuf nor application/json")) {
            try OTLPDecoder.decode([], contentType: "text/plain")
        }
    }

    private static let ids = #""traceId":"000000000000000a000000000000000b","spanId":"000000000000000c""#

    private static func span(_ members: String) -> String {
        #"{"resourceSpans":[{"scopeSpans":[{"spans":[{\#(members)}]}]}]}"#
    }
}

/// Writes OTLP's JSON for the tests, by Foundation's means.
enum OTLPSamplesJSON {
    static func export(_ spans: [OTLPSpan]) -> String {
        let groups = spans.map { span -> [String: Any] in
            ["resource": ["attributes": attributes(span.resource)], "scopeSpans": [["spans": [object(span)]]]]
        }
        let data = try? JSONSerialization.data(withJSONObject: ["resourceSpans": groups])
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    private static func object(_ span: OTLPSpan) -> [String: Any] {
        var object: [String: Any] = [
            "traceId": span.traceID.description, "spanId": span.spanID.description, "name": span.name,
            "kind": span.kind.rawValue, "startTimeUnixNano": "\(span.startedAt)", "endTimeUnixNano": "\(span.endedAt)",
            "attributes": attributes(span.attributes),
            "status": ["code": span.status.rawValue, "message": span.statusMessage],
        ]
        if let parent = span.parentSpanID { object["parentSpanId"] = parent.description }
        return object
    }

    private static func attributes(_ list: [OTLPAttribute]) -> [[String: Any]] {
        list.map { ["key": $0.key, "value": value($0.value)] }
    }

    private static func value(_ value: OTLPValue) -> [String: Any] {
        switch value {
        case .string(let text): ["stringValue": text]
        case .int(let number): ["intValue": "\(number)"]
        case .double(let number): ["doubleValue": number]
        case .bool(let flag): ["boolValue": flag]
        case .array(let values): ["arrayValue": ["values": values.map(self.value)]]
        case .map(let members): ["kvlistValue": ["values": attributes(members)]]
        case .bytes(let bytes): ["bytesValue": Data(bytes).base64EncodedString()]
        case .none: [:]
        }
    }
}
