import NIOCore
import Testing

@testable import Wire

/// Base64 of bytes that come in pieces, as RFC 4648 has it in its section 10.
@Suite struct Base64EncoderTests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]) func piecesOfAnySizeMakeTheSameText(_ text: String, _ expected: String) {
        for size in 1...max(1, text.utf8.count) {
            var (encoder, output) = (Base64Encoder(), ByteBuffer())
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty {
                bytes.prefix(size).withUnsafeBytes { encoder.append($0, to: &output) }
                bytes = bytes.dropFirst(size)
            }
            encoder.finish(&output)
            #expect(String(buffer: output) == expected)
        }
    }
}
