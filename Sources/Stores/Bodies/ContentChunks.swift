/// Cuts bytes where their content says so: two bodies with the same beginning are cut at the same places up to where
/// they differ, so that a conversation sent again with every turn is stored once.
///
/// A gear hash over the last 64 bytes decides (Xia et al.: "FastCDC", USENIX ATC 2016).
enum ContentChunks {
    static let bytesMin = 128
    static let bytesMax = 8192
    /// One place in 512 is a cut.
    private static let mask: UInt64 = 0x1FF << 55

    private static let gear: [UInt64] = {
        var state: UInt64 = 0x48_65_61_64_67_61_74_65
        return (0..<256).map { _ in
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }()

    /// Calls back with each chunk, in order; together they are the bytes.
    static func cut(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        try gear.withUnsafeBufferPointer { gear in
            var start = 0
            while start < bytes.count {
                let end = min(start + bytesMax, bytes.count)
                var hash: UInt64 = 0
                var position = start
                while position < end {
                    hash = hash << 1 &+ gear[Int(bytes[position])]
                    position += 1
                    if hash & mask == 0 && position - start >= bytesMin { break }
                }
                try body(UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
                start = position
            }
        }
    }
}
