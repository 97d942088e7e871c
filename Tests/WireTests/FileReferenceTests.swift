import NIOCore
import Testing

@testable import Wire

@Suite struct FileReferenceTests {
    @Test(arguments: [
        (#"{"a":1}"#, []), (#"{"file_id":"f-1"}"#, ["f-1"]),
        (
            #"{"input":[{"content":[{"type":"input_file","file_id" : "f-1"}]},{"x":{"file_id":"f-2"}}]}"#,
            ["f-1", "f-2"]
        ),
        (#"{"text":"a \"file_id\":\"f-1\" in a text"}"#, []), (#"{"file_id":null,"file_ids":["f-1"]}"#, []),
        (#"{"\u0066ile_id":"f-1"}"#, ["f-1"]), (#"{"a":[{"file\u005fid":"\u0066-1"}]}"#, ["f-1"]),
        (#"{"a":"\u00e9\n","file_id":"f-1"}"#, ["f-1"]), (#"{"_":"____","file_id":"f-1"}"#, ["f-1"]),
    ])
    func filesAreFoundWhereverTheyAreNamed(_ body: String, _ ids: [String]) {
        #expect(FileReferences.ids(in: ByteBuffer(string: body)) == ids)
    }
}
