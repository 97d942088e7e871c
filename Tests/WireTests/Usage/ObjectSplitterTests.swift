import NIOCore
import Testing

@testable import Wire

@Suite struct ObjectSplitterTests {
    private static func split(_ text: String, pieceBytes: Int) throws -> (
        objects: [String], broken: Int, isInside: Bool
    ) {
        var splitter = ObjectSplitter()
        var objects: [String] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieceBytes) {
            let piece = ByteBuffer(bytes: bytes[start..<min(start + pieceBytes, bytes.count)])
            try splitter.push(piece) { objects.append(String(decoding: $0, as: UTF8.self)) }
        }
        return (objects, splitter.broken, splitter.isInsideObject)
    }

    /// A line that was cut takes no other with it, wherever it was cut.
    @Test(arguments: [
        #"{"a":"b"#, #"{"a":{"b":1}"#, #"{"a":1"#, #"{"a":[1,2]"#, #"{"a":true "#,
    ]) func cutLinesAreCounted(_ cut: String) throws {
        let text = "{\"n\":1}\n\(cut)\n{\"n\":{\"m\":2}}\n"
        for size in [1, 2, 5, text.utf8.count] {
            let found = try Self.split(text, pieceBytes: size)
            #expect(found.objects == [#"{"n":1}"#, #"{"n":{"m":2}}"#], "\(cut) in pieces of \(size)")
            #expect(found.broken == 1 && !found.isInside)
        }
    }

    @Test func aStreamThatEndsInsideALineIsNotWhole() throws {
        for cut in [#"{"a":"b"#, #"{"a":{"b":1}"#, "{"] {
            #expect(try Self.split("{\"n\":1}\n" + cut, pieceBytes: 3).isInside)
        }
    }

    /// Google's arrays are written over several lines.
    @Test func objectsOverSeveralLinesAreWhole() throws {
        let text = "[{\n  \"a\":\n  {\n    \"b\": [\n{\"c\": 1},\n{}\n] }\n}\n,\n{\"d\": 2}]"
        let found = try Self.split(text, pieceBytes: 4)
        #expect(found.objects.count == 2 && found.objects[1] == #"{"d": 2}"# && found.broken == 0)
    }
}
