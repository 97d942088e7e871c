public import NIOCore

/// Decompresses a body piece by piece under `DecompressionLimits`.
///
/// Memory is bounded by the format's window and by what the limits let out: output is made in steps of
/// `stepBytes`, and the limits are checked after each, so that a bomb ends early. Fails closed: after an error
/// every call throws the same error again.
public struct Decompressor: ~Copyable {
    /// Bytes of output made between two looks at the limits.
    static let stepBytes = 64 * 1024

    private let decoder: any StreamDecoder
    private let limits: DecompressionLimits
    private var bytesIn = 0
    private var bytesOut = 0
    private var failure: DecompressionError?

    public init(_ encoding: ContentEncoding, limits: DecompressionLimits) throws(DecompressionError) {
        self.limits = limits
        switch encoding {
        case .gzip: decoder = ZlibDecoder(.gzip)
        case .deflate: decoder = ZlibDecoder(.deflate)
        case .zstd:
            guard let zstd = ZstdDecoder() else { throw .tooLarge }
            decoder = zstd
        }
    }

    /// Decompresses all of `input` and appends what came out to `output`.
    ///
    /// On an error `output` holds what had come out before it, never more than the limit.
    public mutating func push(_ input: ByteBuffer, into output: inout ByteBuffer) throws(DecompressionError) {
        if let failure { throw failure }
        do {
            try decode(input, into: &output)
        } catch {
            failure = error
            throw error
        }
    }

    /// Says that the input has ended. Input that ends in the middle, or was empty, is an error.
    public mutating func finish() throws(DecompressionError) {
        if let failure { throw failure }
        guard decoder.isComplete else { throw .truncated }
    }

    private mutating func decode(_ input: ByteBuffer, into output: inout ByteBuffer) throws(DecompressionError) {
        var input = input
        while input.readableBytes > 0 {
            var room = 0
            var step = DecodeStep()
            repeat {
                // One byte past the limit is asked for, to tell a body that ends at it from one that goes on.
                room = min(Self.stepBytes - 1, limits.outputBytesMax - bytesOut) + 1
                step = decodeStep(input, into: &output, room: room)
                input.moveReaderIndex(forwardBy: step.consumed)
                bytesIn += step.consumed
                bytesOut += step.produced
                try checkLimits(&output)
                if let failure = step.failure { throw failure }
            } while step.produced == room
        }
    }

    private func decodeStep(_ input: ByteBuffer, into output: inout ByteBuffer, room: Int) -> DecodeStep {
        var step = DecodeStep()
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { space in
            let space = UnsafeMutableRawBufferPointer(rebasing: space.prefix(room))
            step = input.withUnsafeReadableBytes { decoder.step($0, space) }
            return step.produced
        }
        return step
    }

    private func checkLimits(_ output: inout ByteBuffer) throws(DecompressionError) {
        if bytesOut > limits.outputBytesMax {
            output.moveWriterIndex(to: output.writerIndex - (bytesOut - limits.outputBytesMax))
            throw .tooLarge
        }
        guard bytesOut > DecompressionLimits.ratioFreeBytes else { return }
        // bytesOut > bytesIn * ratioMax, without the product.
        if (bytesOut - 1) / limits.ratioMax >= bytesIn { throw .bomb }
    }
}
