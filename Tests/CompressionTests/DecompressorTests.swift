import Compression
import NIOCore
import Testing

@Suite("A decompressor")
struct DecompressorTests {
    @Test("gives back what was compressed, at every size of the pieces", arguments: ContentEncoding.allCases)
    func roundTrips(encoding: ContentEncoding) throws {
        for sample in [Samples.small, Samples.empty] {
            let compressed = Compressor.compress(sample, encoding)
            for pieceBytes in 1...compressed.readableBytes {
                #expect(try decompress(compressed, encoding, pieceBytes: pieceBytes) == sample)
            }
        }
        let compressed = Compressor.compress(Samples.large, encoding)
        for pieceBytes in [1, 7, 4096, 70_000, Int.max] {
            #expect(try decompress(compressed, encoding, pieceBytes: pieceBytes) == Samples.large)
        }
    }

    @Test("gives back what was compressed, at every split in two", arguments: ContentEncoding.allCases)
    func everySplit(encoding: ContentEncoding) throws {
        let compressed = Compressor.compress(Samples.small, encoding)
        for split in 0...compressed.readableBytes {
            var decompressor = try Decompressor(encoding, limits: DecompressionLimits())
            var output = ByteBuffer()
            let head = try #require(compressed.getSlice(at: 0, length: split))
            let rest = try #require(compressed.getSlice(at: split, length: compressed.readableBytes - split))
            try decompressor.push(head, into: &output)
            try decompressor.push(rest, into: &output)
            try decompressor.finish()
            #expect(output == Samples.small)
        }
    }

    @Test("works at every level", arguments: [ContentEncoding.gzip, .deflate, .zstd])
    func levels(encoding: ContentEncoding) throws {
        for level in [1, 5, 9] {
            let compressed = Compressor.compress(Samples.large, encoding, level: level)
            #expect(try decompress(compressed, encoding) == Samples.large)
        }
    }

    @Test("appends to what the output already holds")
    func appends() throws {
        var output = ByteBuffer(string: "before ")
        var decompressor = try Decompressor(.gzip, limits: DecompressionLimits())
        try decompressor.push(Compressor.compress(ByteBuffer(string: "after"), .gzip), into: &output)
        try decompressor.finish()
        #expect(String(buffer: output) == "before after")
    }

    @Test("reads several gzip members and several zstd frames as one body", arguments: [ContentEncoding.gzip, .zstd])
    func concatenated(encoding: ContentEncoding) throws {
        let one = Compressor.compress(Samples.small, encoding)
        let both = Samples.joined(one, Compressor.compress(Samples.empty, encoding), one)
        for pieceBytes in [1, 2, 3, 50, Int.max] {
            let output = try decompress(both, encoding, pieceBytes: pieceBytes)
            #expect(output == Samples.joined(Samples.small, Samples.small))
        }
    }

    @Test("reads raw deflate under the name deflate")
    func rawDeflate() throws {
        // A zlib stream is two bytes of header, raw deflate, and four bytes of check value.
        let wrapped = Compressor.compress(Samples.small, .deflate)
        let raw = try #require(wrapped.getSlice(at: 2, length: wrapped.readableBytes - 6))
        for pieceBytes in 1...raw.readableBytes {
            #expect(try decompress(raw, .deflate, pieceBytes: pieceBytes) == Samples.small)
        }
    }

    @Test("knows the names of encodings without regard to case")
    func names() {
        #expect(ContentEncoding(headerValue: "GZip") == .gzip)
        #expect(ContentEncoding(headerValue: "x-gzip") == .gzip)
        #expect(ContentEncoding(headerValue: "Deflate") == .deflate)
        #expect(ContentEncoding(headerValue: "zstd") == .zstd)
        for name in ["", "identity", "br", "gzip, zstd", "gzipp"] {
            #expect(ContentEncoding(headerValue: name) == nil)
        }
    }
}
