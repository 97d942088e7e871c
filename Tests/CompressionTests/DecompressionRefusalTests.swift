import Compression
import Core
import NIOCore
import Testing

@Suite("A decompressor refuses")
struct DecompressionRefusalTests {
    @Test("input that ends early, wherever it ends", arguments: ContentEncoding.allCases)
    func truncated(encoding: ContentEncoding) {
        let compressed = Compressor.compress(Samples.small, encoding)
        for length in 0..<compressed.readableBytes {
            let cut = compressed.getSlice(at: 0, length: length) ?? ByteBuffer()
            #expect(failure(cut, encoding) == .truncated)
        }
    }

    @Test("bytes after the end", arguments: ContentEncoding.allCases)
    func trailing(encoding: ContentEncoding) {
        let compressed = Compressor.compress(Samples.small, encoding)
        let longer = Samples.joined(compressed, ByteBuffer(string: "trailing"))
        for pieceBytes in [compressed.readableBytes, Int.max] {
            #expect(failure(longer, encoding, pieceBytes: pieceBytes) == .trailingBytes)
        }
    }

    @Test("bytes that are of another encoding", arguments: ContentEncoding.allCases)
    func foreign(encoding: ContentEncoding) {
        #expect(failure(Samples.small, encoding) == .corrupt)
        for other in ContentEncoding.allCases where other != encoding {
            #expect(failure(Compressor.compress(Samples.small, other), encoding) != nil)
        }
    }

    @Test("a flipped byte in a checked stream", arguments: [ContentEncoding.gzip, .deflate])
    func flipped(encoding: ContentEncoding) {
        let compressed = Compressor.compress(Samples.small, encoding)
        for index in 10..<compressed.readableBytes {
            var damaged = compressed
            let byte: UInt8 = damaged.getInteger(at: index) ?? 0
            damaged.setInteger(byte ^ 0x10, at: index)
            #expect(failure(damaged, encoding) != nil)
        }
    }

    @Test("a zstd frame whose window is larger than 8 MiB")
    func window() {
        // RFC 8878 §3.1.1.1.2: exponent 14, mantissa 0 is a window of 16 MiB; 13 is the 8 MiB that are allowed.
        let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00]
        let lastRawBlockOfOne: [UInt8] = [0x09, 0x00, 0x00, 0x41]
        #expect(failure(ByteBuffer(bytes: magic + [14 << 3] + lastRawBlockOfOne), .zstd) == .tooLarge)
        #expect(failure(ByteBuffer(bytes: magic + [13 << 3] + lastRawBlockOfOne), .zstd) == nil)
    }

    @Test("one byte more than the limit, and not one less", arguments: ContentEncoding.allCases)
    func exactLimit(encoding: ContentEncoding) throws {
        for sample in [Samples.small, Samples.large, Samples.empty] {
            let compressed = Compressor.compress(sample, encoding)
            let size = sample.readableBytes
            let exact = DecompressionLimits(outputBytesMax: size)
            #expect(try decompress(compressed, encoding, limits: exact) == sample)
            #expect(try decompress(compressed, encoding, limits: exact, pieceBytes: 11) == sample)
            guard size > 0 else { continue }
            let less = DecompressionLimits(outputBytesMax: size - 1)
            #expect(failure(compressed, encoding, limits: less) == .tooLarge)
            #expect(failure(compressed, encoding, limits: less, pieceBytes: 11) == .tooLarge)
        }
    }

    @Test("a bomb, soon after the ratio is passed", arguments: ContentEncoding.allCases)
    func bomb(encoding: ContentEncoding) throws {
        let compressed = Compressor.compress(Samples.zeros(32 * 1024 * 1024), encoding)
        var decompressor = try Decompressor(encoding, limits: DecompressionLimits())
        var output = ByteBuffer()
        #expect(throws: DecompressionError.bomb) { try decompressor.push(compressed, into: &output) }
        #expect(output.readableBytes < 4 * 1024 * 1024)
        #expect(throws: DecompressionError.bomb) { try decompressor.push(compressed, into: &output) }
        #expect(throws: DecompressionError.bomb) { try decompressor.finish() }
    }

    @Test("a large body only past the ratio, to the byte")
    func ratioBoundary() throws {
        let zeros = Samples.zeros(2 * 1024 * 1024)
        let compressed = Compressor.compress(zeros, .gzip)
        let ratio = zeros.readableBytes / compressed.readableBytes + 1
        let generous = DecompressionLimits(ratioMax: ratio * 2)
        #expect(try decompress(compressed, .gzip, limits: generous) == zeros)
        #expect(failure(compressed, .gzip, limits: DecompressionLimits(ratioMax: ratio / 2)) == .bomb)
        let unlimited = DecompressionLimits(outputBytesMax: .max, ratioMax: .max)
        #expect(try decompress(compressed, .gzip, limits: unlimited) == zeros)
    }

    @Test("no small body for its ratio", arguments: ContentEncoding.allCases)
    func smallRatio(encoding: ContentEncoding) throws {
        let zeros = Samples.zeros(DecompressionLimits.ratioFreeBytes)
        let compressed = Compressor.compress(zeros, encoding)
        #expect(try decompress(compressed, encoding, limits: DecompressionLimits(ratioMax: 1)) == zeros)
    }

    @Test("garbage, without harm", arguments: ContentEncoding.allCases)
    func garbage(encoding: ContentEncoding) {
        var random = RandomSource(seed: 42)
        let valid = Compressor.compress(Samples.small, encoding)
        for round in 0..<2000 {
            let length = Int.random(in: 1...200, using: &random)
            var bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            // Half of the rounds start as the format does, to get past its magic.
            if round % 2 == 0 {
                let kept = Int.random(in: 1...valid.readableBytes, using: &random)
                bytes = Array(valid.readableBytesView.prefix(kept)) + bytes
            }
            let limits = DecompressionLimits(outputBytesMax: 100_000)
            _ = failure(ByteBuffer(bytes: bytes), encoding, limits: limits, pieceBytes: 1 + round % 50)
        }
    }
}
