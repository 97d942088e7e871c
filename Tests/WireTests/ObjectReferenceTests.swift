import NIOCore
import Testing

@testable import Wire

@Suite struct ObjectReferenceTests {
    @Test(
        arguments: [
            (#"{"a":1}"#, []), (#"{"file_id":"file-1"}"#, ["file-1"]),
            (
                #"{"input":[{"content":[{"file_id" : "file-1"}]},{"x":{"file_ids":["file-2","file_3"]}}]}"#,
                ["file-1", "file-2", "file_3"]
            ),
            (#"{"previous_response_id":"resp_1","previous_response_id":"resp_2"}"#, ["resp_1", "resp_2"]),
            (#"{"text":"a \"quoted\" file-1 in a text","x":"profile-1"}"#, []), (#"{"file-x":null}"#, []),
            (#"{"\u0066ile_id":"file-1"}"#, ["file-1"]),
            (#"{"a":[{"b":"\u0066ile-1"},"resp\u005f1"]}"#, ["file-1", "resp_1"]),
            (#"{"a":"\u00e9\n","file_id":"file-1"}"#, ["file-1"]), (#"{"a":"","b":"file-"}"#, ["file-"]),
        ] as [(String, [String])])
    func idsAreFoundWhereverTheyAreNamed(_ body: String, _ ids: [String]) {
        #expect(ObjectReferences.ids(in: ByteBuffer(string: body)) == ids)
    }
}
