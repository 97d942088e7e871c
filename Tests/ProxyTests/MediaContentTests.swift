import Core
import NIOCore
import Testing
import Wire

@testable import Proxy

/// Files as they come, piece by piece.
@Suite struct MediaContentTests {
    private func read(
        _ bytes: [UInt8], as kind: MediaType.Kind, contentType: String, pieces size: Int, bytesMax: Int = 1000
    ) throws -> FetchedMedia {
        var content = MediaContent(kind, types: Set(MediaType.allCases), bytesMax: bytesMax)
        var reader = ResponseReader(limits: HeadLimits(bytesMax: 1000, fieldsMax: 10))
        reader.expectAnswer(toHEAD: false)
        reader.append(ByteBuffer(string: "HTTP/1.1 200 OK\r\ncontent-type: \(contentType)\r\n\r\n"))
        guard case .head(let head)? = try reader.next() else { preconditionFailure("the head is whole") }
        try content.begin(head)
        for start in stride(from: 0, to: bytes.count, by: size) {
            try content.append(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
        }
        #expect(content.bytes == bytes.count)
        return try content.finish()
    }

    @Test(arguments: [1, 2, 3, 7, 100]) func filesBecomeBase64HoweverTheyCome(_ size: Int) throws {
        let pdf = Array("%PDF-1.7 and more".utf8)
        let media = try read(pdf, as: .document, contentType: "text/html", pieces: size)
        guard case .file(.pdf, let data) = media else { return #expect(Bool(false), "\(media)") }
        #expect(String(buffer: data) == "JVBERi0xLjcgYW5kIG1vcmU=")
    }

    @Test(arguments: [1, 5, 100], ["Grüße, in UTF-8", "ab"]) func textsStayTexts(_ size: Int, _ text: String) throws {
        let media = try read(
            Array(text.utf8), as: .document, contentType: "text/plain; charset=utf-8", pieces: size)
        guard case .text(let words) = media else { return #expect(Bool(false), "\(media)") }
        #expect(words == text)
    }

    @Test(
        arguments: [
            (Array("a text".utf8), "text/html"), ([0x61, 0xFF, 0xFE], "text/plain"), (Array("a\0b".utf8), "text/plain"),
            ([], "text/html"),
        ] as [([UInt8], String)]) func whatIsNoTextIsNone(_ bytes: [UInt8], _ type: String)
    {
        #expect(throws: FetchFailure.unknownType) {
            try read(bytes, as: .document, contentType: type, pieces: 2)
        }
    }

    @Test func aTextIsNoImage() {
        #expect(throws: FetchFailure.wrongType(.text, wanted: .image)) {
            try read(Array("a text".utf8), as: .image, contentType: "text/plain", pieces: 6)
        }
    }

    @Test func theBoundIsTheLastByteThatFits() throws {
        let gif = Array("GIF89a".utf8)
        _ = try read(gif, as: .image, contentType: "image/gif", pieces: 2, bytesMax: 6)
        #expect(throws: FetchFailure.fileTooLarge(bytesMax: 5)) {
            try read(gif, as: .image, contentType: "image/gif", pieces: 2, bytesMax: 5)
        }
    }
}
