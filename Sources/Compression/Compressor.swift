import CZlib
import CZstd
public import NIOCore

/// Compresses a whole buffer at once.
public enum Compressor {
    /// - Parameter level: the library's own scale; nil is its default. Out of range is a programmer's error for
    ///   gzip and deflate (0 to 9) and is clamped by zstd.
    public static func compress(_ input: ByteBuffer, _ encoding: ContentEncoding, level: Int? = nil) -> ByteBuffer {
        switch encoding {
        case .gzip: deflate(input, windowBits: MAX_WBITS + 16, level: level)
        case .deflate: deflate(input, windowBits: MAX_WBITS, level: level)
        case .zstd: zstd(input, level: level)
        }
    }

    private static func deflate(_ input: ByteBuffer, windowBits: Int32, level: Int?) -> ByteBuffer {
        var stream = z_stream()
        let level = level.map { Int32($0) } ?? Z_DEFAULT_COMPRESSION
        let opened = deflateInit2_(
            &stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        precondition(opened == Z_OK, "zlib has memory and the level is 0 to 9")
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(input.readableBytes)))
        var output = ByteBufferAllocator().buffer(capacity: bound)
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { space in
            input.withUnsafeReadableBytes { source in
                // zlib declares its input mutable and does not write to it.
                let bytes = source.assumingMemoryBound(to: UInt8.self).baseAddress
                stream.next_in = UnsafeMutablePointer(mutating: bytes)
                stream.avail_in = UInt32(source.count)
                stream.next_out = space.assumingMemoryBound(to: UInt8.self).baseAddress
                stream.avail_out = UInt32(space.count)
                let result = CZlib.deflate(&stream, Z_FINISH)
                precondition(result == Z_STREAM_END, "deflateBound is a bound")
                return space.count - Int(stream.avail_out)
            }
        }
        return output
    }

    private static func zstd(_ input: ByteBuffer, level: Int?) -> ByteBuffer {
        let bound = ZSTD_compressBound(input.readableBytes)
        var output = ByteBufferAllocator().buffer(capacity: bound)
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { space in
            input.withUnsafeReadableBytes { source in
                let level = level.map { Int32($0) } ?? ZSTD_CLEVEL_DEFAULT
                let result = ZSTD_compress(space.baseAddress, space.count, source.baseAddress, source.count, level)
                precondition(ZSTD_isError(result) == 0, "ZSTD_compressBound is a bound")
                return result
            }
        }
        return output
    }
}
