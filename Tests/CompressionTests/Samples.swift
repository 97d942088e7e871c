import Compression
import NIOCore

/// Decompresses `input` in pieces of `pieceBytes`, or whole.
func decompress(
    _ input: ByteBuffer,
    _ encoding: ContentEncoding,
    limits: DecompressionLimits = DecompressionLimits(),
    pieceBytes: Int = .max
) throws(DecompressionError) -> ByteBuffer {
    var decompressor = try Decompressor(encoding, limits: limits)
    var input = input
    var output = ByteBuffer()
    while input.readableBytes > 0 {
        let length = min(pieceBytes, input.readableBytes)
        let piece = input.getSlice(at: input.readerIndex, length: length) ?? ByteBuffer()
        input.moveReaderIndex(forwardBy: length)
        try decompressor.push(piece, into: &output)
    }
    try decompressor.finish()
    return output
}

/// How decompressing ends: nil when it succeeds.
func failure(
    _ input: ByteBuffer,
    _ encoding: ContentEncoding,
    limits: DecompressionLimits = DecompressionLimits(),
    pieceBytes: Int = .max
) -> DecompressionError? {
    do {
        _ = try decompress(input, encoding, limits: limits, pieceBytes: pieceBytes)
        return nil
    } catch {
        return error
    }
}

enum Samples {
    static let small = ByteBuffer(string: #"{"model":"echo","messages":[{"role":"user","content":"héllo, héllo"}]}"#)
    static let empty = ByteBuffer()
    /// Two blocks of text that compress differently, larger than one step of output.
    static let large: ByteBuffer = {
        var buffer = ByteBuffer()
        for index in 0..<20_000 { buffer.writeString("line \(index &* 2_654_435_761) ") }
        return buffer
    }()

    static func zeros(_ count: Int) -> ByteBuffer { ByteBuffer(repeating: 0, count: count) }

    static func joined(_ buffers: ByteBuffer...) -> ByteBuffer {
        var result = ByteBuffer()
        for buffer in buffers { result.writeImmutableBuffer(buffer) }
        return result
    }
}
