import Core
import Testing

@Suite struct TokenUsageTests {
    /// Rows of the store are written by the places of the buckets: each must stay what it is.
    @Test func everyBucketIsWhereItsNameSays() {
        let paths: [(String, WritableKeyPath<TokenUsage, Int>)] = [
            ("input_uncached", \.inputUncached), ("cache_read", \.cacheRead), ("cache_write_5m", \.cacheWrite5m),
            ("cache_write_1h", \.cacheWrite1h), ("output", \.output), ("reasoning", \.reasoning),
            ("input_audio", \.inputAudio), ("output_audio", \.outputAudio), ("input_image", \.inputImage),
            ("output_image", \.outputImage), ("search_units", \.searchUnits), ("web_searches", \.webSearches),
            ("images", \.images), ("audio_ms", \.audioMilliseconds),
        ]
        #expect(TokenUsage.buckets.map(\.name) == paths.map(\.0))
        for (bucket, (name, path)) in zip(TokenUsage.buckets, paths) {
            var usage = TokenUsage()
            usage[keyPath: path] = 7
            #expect(usage[bucket] == 7 && bucket.name == name)
            usage[bucket] = 9
            #expect(usage[keyPath: path] == 9)
        }
        var usage = TokenUsage()
        #expect(usage.withBucket(paths.count) { $0 = 1 } == nil && usage == TokenUsage())
    }
}
