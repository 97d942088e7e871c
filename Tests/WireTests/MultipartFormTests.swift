import Core
import NIOCore
import Testing

@testable import Wire

@Suite struct MultipartFormTests {
    private static let body = [
        "preamble\r\n--b-1\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nwhisper\r\n",
        "--b-1\r\nContent-Type: audio/wav\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n",
        "RIFF\r\n--b-not\r\n\r\n--b-1\r\ncontent-disposition: form-data; name=stream\r\n\r\ntrue\r\n--b-1--\r\n",
    ].joined()

    @Test func fieldsAreFoundWhereTheyStand() throws {
        let body = ByteBuffer(string: Self.body)
        let form = try MultipartForm(body, contentType: "multipart/form-data; boundary=\"b-1\"")
        #expect(form.fields.map(\.name) == ["model", "file", "stream"])
        #expect(form.fields.map(\.isFile) == [false, true, false])
        #expect(try form.text("model", in: body) == "whisper")
        #expect(String(buffer: body.part(form.fields[1].range)) == "RIFF\r\n--b-not\r\n")
        #expect(try form.text("file", in: body) == nil)
    }

    @Test(
        arguments: [
            nil, "application/json", "multipart/form-data", "multipart/form-data; boundary=",
            "multipart/form-data; boundary=a b",
            "multipart/form-data; boundary=" + String(repeating: "b", count: 71),
        ] as [String?])
    func aTypeWithoutABoundaryIsRefused(_ type: String?) {
        #expect(throws: GatewayError.self) { try MultipartForm(ByteBuffer(string: Self.body), contentType: type) }
    }

    /// No prefix of a form is one, and none makes the reader fail otherwise.
    @Test func aFormThatIsCutIsRefused() {
        let end = Self.body.utf8.count - "\r\n".utf8.count
        for length in 0..<end {
            let body = ByteBuffer(bytes: Array(Self.body.utf8.prefix(length)))
            #expect(throws: GatewayError.self, "\(length)") {
                try MultipartForm(body, contentType: "multipart/form-data; boundary=b-1")
            }
        }
    }

    @Test func aBoundaryIsFoundWithItsQuotes() {
        #expect(MultipartForm.boundary("Multipart/Form-Data; charset=utf-8; Boundary=xyz") == "xyz")
        #expect(MultipartForm.boundary("multipart/form-data;boundary=\"x y\"") == nil)
    }

    /// What another reader could read as another model.
    @Test(arguments: [
        "--b-1\r\ncontent-disposition: form-data; name*=utf-8''model\r\n\r\nm\r\n--b-1--\r\n",
        "--b-1\r\ncontent-disposition: form-data; name=\"q\"; name=\"model\"\r\n\r\nm\r\n--b-1--\r\n",
        "--b-1\r\ncontent-type: text/plain\r\n\r\nm\r\n--b-1--\r\n",
    ])
    func ambiguousFormsAreRefused(_ body: String) {
        #expect(throws: GatewayError.self) {
            try MultipartForm(ByteBuffer(string: body), contentType: "multipart/form-data; boundary=b-1")
        }
        #expect(MultipartForm.boundary("multipart/form-data; boundary=b-1; boundary=b-2") == nil)
    }

    @Test func aDelimiterInsideALineIsText() throws {
        let body = "junk--b-1\r\ncontent-disposition: form-data; name=model\r\n\r\nm\r\n--b-1--\r\n"
        let form = try MultipartForm(ByteBuffer(string: body), contentType: "multipart/form-data; boundary=b-1")
        #expect(form.fields.isEmpty)
    }
}
