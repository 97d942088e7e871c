import Compression
import Core
import Foundation
import NIOCore
import Testing

/// Broken compressed bodies, cut at random places; `HEADGATE_FUZZ_SECONDS` says for how long.
@Suite struct DecompressorFuzzTests {
    @Test(arguments: ContentEncoding.allCases) func brokenBodiesAreRefusedOrReadButNeverMoreThanAllowed(
        _ encoding: ContentEncoding
    ) throws {
        let seconds = Double(ProcessInfo.processInfo.environment["HEADGATE_FUZZ_SECONDS"] ?? "") ?? 0.3
        let end = ContinuousClock.now + .seconds(seconds)
        let whole = Array(Compressor.compress(Samples.small, encoding).readableBytesView)
        let limits = DecompressionLimits(outputBytesMax: 4096)
        while ContinuousClock.now < end {
            let seed = UInt64.random(in: .min ... .max)
            var random = RandomSource(seed: seed)
            var bytes = whole
            for _ in 0..<(random.next() % 4) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            bytes.removeLast(Int(random.next() % 3) == 0 ? Int(random.next() % UInt64(bytes.count)) : 0)
            var decompressor = try Decompressor(encoding, limits: limits)
            var output = ByteBuffer()
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = 1 + Int(random.next() % 16)
                do throws(DecompressionError) {
                    try decompressor.push(ByteBuffer(bytes: rest.prefix(count)), into: &output)
                } catch {
                    break
                }
                rest = rest.dropFirst(count)
            }
            #expect(output.readableBytes <= 4096, "seed \(seed)")
            if bytes == whole { #expect(output == Samples.small, "seed \(seed)") }
        }
    }
}
