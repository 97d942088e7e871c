import Core
import Foundation
import Testing

@testable import Wire

/// Documents of both kinds; the verdict on each must be the one `JSONDecoder` gives.
enum JSONCorpus {
    static let valid: [String] = [
        "{}", "[]", "null", "true", "false", "0", "-0", "1.5e10", "1E+2", "-12.25", "\"\"", "\"a\"", " { } ",
        #"{"a":1}"#, #"{"a":{"b":[1,2,{"c":null}]},"d":"x"}"#, #"[[],[[]],{}]"#, #"["\u00e9\n\t\"\\\/\b\f\r"]"#,
        #"{"a":"😀 é ñ 日本語"}"#, #"["\ud83d\ude00"]"#, "\t\n\r {\"a\" : [ 1 , 2 ] }\n", #"{"":""}"#,
        #"{"a":1,"a":2}"#, "[" + String(repeating: "0,", count: 100) + "0]",
        String(repeating: "[", count: 500) + String(repeating: "]", count: 500),
        "\"" + String(repeating: "x", count: 100) + "\"", "\"" + String(repeating: "é", count: 50) + "\"",
    ]

    static let broken: [String] = [
        "", " ", "{", "}", "[", "]", "{]", "[}", "nul", "tru", "falsey", "01", "-", "1.", ".5", "1e", "1e+", "+1",
        "--1",
        "\"", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"a\nb\"", "\"a\u{01}\"", "{\"a\"}", "{\"a\":}",
        "[,1]", "{,}", "{1:2}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "[1 2]", "1 2", "{} {}", "nullx", "'a'", "{a:1}",
        "[1}", "{\"a\":[1,2}", "NaN", "Infinity", "0x10", "\"\\", "\"abc",
        String(repeating: "[", count: 600) + String(repeating: "]", count: 600),
    ]

    static let notUTF8: [[UInt8]] = [
        [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
        [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
        [0x22, 0xE2, 0x82, 0x22], [0x22, 0x80, 0x22], [0x22, 0xF0, 0x80, 0x80, 0x80, 0x22],
    ]
}

/// Anything that JSON can say, so that `JSONDecoder` looks at all of a document.
private enum AnyJSON: Decodable {
    case any

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        self = .any
        if let container = try? decoder.container(keyedBy: Key.self) {
            for key in container.allKeys { _ = try container.decode(AnyJSON.self, forKey: key) }
            return
        }
        if var container = try? decoder.unkeyedContainer() {
            while !container.isAtEnd { _ = try container.decode(AnyJSON.self) }
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() || (try? container.decode(Bool.self)) != nil
            || (try? container.decode(Double.self)) != nil
        {
            return
        }
        _ = try container.decode(String.self)
    }
}

private func scannerAccepts(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in (try? JSONScanner.validate(bytes)) != nil }
}

/// Where the two differ on purpose: the decoder allows a comma before a closing bracket, which RFC 8259 does not, and
/// refuses numbers that are out of a `Double`'s range, which are none of the scanner's business.
private func differOnPurpose(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
    return text.contains(",]") || text.contains(",}") || text.contains("\\u") || text.lowercased().contains("e")
}

private func decoderAccepts(_ bytes: [UInt8]) -> Bool {
    (try? JSONDecoder().decode(AnyJSON.self, from: Data(bytes))) != nil
}

@Suite struct JSONScannerTests {
    @Test(arguments: JSONCorpus.valid) func acceptsWhatJSONDecoderAccepts(_ text: String) {
        #expect(scannerAccepts(Array(text.utf8)))
        #expect(decoderAccepts(Array(text.utf8)))
    }

    @Test(arguments: JSONCorpus.broken) func refusesWhatJSONDecoderRefuses(_ text: String) {
        #expect(!scannerAccepts(Array(text.utf8)))
        #expect(!decoderAccepts(Array(text.utf8)))
    }

    @Test(arguments: JSONCorpus.notUTF8) func refusesBytesThatAreNotUTF8(_ bytes: [UInt8]) {
        #expect(!scannerAccepts(bytes))
        #expect(!decoderAccepts(bytes))
    }

    @Test func givesTheSameVerdictOnEveryPrefixAndOnRandomMutations() {
        var random = RandomSource(seed: 7)
        for text in JSONCorpus.valid where text.utf8.count < 200 {
            let bytes = Array(text.utf8)
            for length in 0..<bytes.count {
                let prefix = Array(bytes[..<length])
                #expect(scannerAccepts(prefix) == decoderAccepts(prefix), "\(String(decoding: prefix, as: UTF8.self))")
            }
            for _ in 0..<200 where !bytes.isEmpty {
                var mutated = bytes
                let alphabet = Array(#"{}[]:,"\ 0159aeE.-+tfnul"#.utf8)
                mutated[Int(random.next() % UInt64(bytes.count))] =
                    alphabet[Int(random.next() % UInt64(alphabet.count))]
                if differOnPurpose(mutated) { continue }
                #expect(
                    scannerAccepts(mutated) == decoderAccepts(mutated), "\(String(decoding: mutated, as: UTF8.self))")
            }
        }
    }

    @Test(arguments: ["[1,]", "{\"a\":1,}"]) func refusesACommaBeforeAClosingBracket(_ text: String) {
        #expect(!scannerAccepts(Array(text.utf8)))
    }

    @Test func tellsWhereTheMembersStand() throws {
        let text = #" {"model" : "gpt-4o", "n":1,"o":{"model":"inner"},"mod\u0065l":null} "#
        var members: [JSONMember] = []
        let bytes = Array(text.utf8)
        let kind = try bytes.withUnsafeBytes { bytes in try JSONScanner.scan(bytes, members: &members) }
        #expect(kind == .object)
        #expect(members.count == 4)
        #expect(String(decoding: bytes[members[0].valueRange], as: UTF8.self) == "\"gpt-4o\"")
        #expect(members.map(\.kind) == [.string, .number, .object, .null])
        #expect(members.map(\.keyIsEscaped) == [false, false, false, true])
    }

    @Test func tellsWhereADocumentIsBroken() {
        let bytes = Array(#"{"a":tru}"#.utf8)
        var members: [JSONMember] = []
        let error = #expect(throws: JSONError.self) {
            try bytes.withUnsafeBytes { bytes in _ = try JSONScanner.scan(bytes, members: &members) }
        }
        #expect(error == JSONError(.unexpectedByte, at: 8))
    }

    @Test func boundsDepthAndMembers() {
        let deep = Array((String(repeating: "[", count: Limits.jsonDepthMax + 1)).utf8)
        #expect(throws: JSONError(.tooDeep, at: Limits.jsonDepthMax)) {
            try deep.withUnsafeBytes { bytes in _ = try JSONScanner.validate(bytes) }
        }
        let wide = Array(("{" + (0...Limits.jsonMembersMax).map { "\"\($0)\":0" }.joined(separator: ",") + "}").utf8)
        var members: [JSONMember] = []
        let error = #expect(throws: JSONError.self) {
            try wide.withUnsafeBytes { bytes in _ = try JSONScanner.scan(bytes, members: &members) }
        }
        #expect(error?.reason == .tooManyMembers)
    }

    @Test(arguments: [
        (#""plain""#, "plain"), (#""a\"b\\c\/d\b\f\n\r\t""#, "a\"b\\c/d\u{8}\u{c}\n\r\t"), (#""é日""#, "é日"),
        (#""\ud83d\ude00!""#, "😀!"), (#""\uD83Dx""#, "\u{FFFD}x"), ("\"\"", ""),
    ]) func decodesStrings(_ json: String, _ expected: String) {
        #expect(Array(json.utf8).withUnsafeBytes { JSONText.string($0) } == expected)
    }

    @Test(arguments: [("0", 0), ("-12", -12), ("999999999999999999", 999_999_999_999_999_999)])
    func decodesWholeNumbers(_ text: String, _ expected: Int) {
        #expect(Array(text.utf8).withUnsafeBytes { JSONText.integer($0) } == expected)
    }

    @Test(arguments: ["1.5", "1e3", "9999999999999999999", "-", ""]) func refusesOtherNumbers(_ text: String) {
        #expect(Array(text.utf8).withUnsafeBytes { JSONText.integer($0) } == nil)
    }
}

/// Random documents and random bytes; `HEADGATE_FUZZ_SECONDS` says for how long.
@Suite struct JSONFuzzTests {
    @Test func scannerNeverCrashesAndAgreesWithTheDecoder() {
        let seconds = Double(ProcessInfo.processInfo.environment["HEADGATE_FUZZ_SECONDS"] ?? "") ?? 0.5
        let end = ContinuousClock.now + .seconds(seconds)
        var random = RandomSource()
        let alphabet = Array(#"{}[]:,"\ 0159aeE.-+tfnulrs"#.utf8)
        while ContinuousClock.now < end {
            let count = Int(random.next() % 24)
            let bytes = (0..<count).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            if !differOnPurpose(bytes) {
                #expect(scannerAccepts(bytes) == decoderAccepts(bytes), "\(String(decoding: bytes, as: UTF8.self))")
            }
            let noise = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            _ = scannerAccepts(noise)
        }
    }
}
