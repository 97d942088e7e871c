import Core

/// Where a body's bytes stand in its day's pack.
struct BodyManifest: Equatable {
    /// A run of bytes inside one frame.
    struct Extent: Equatable {
        /// Where the frame begins in the file.
        var frame: UInt64
        /// Where the run begins in the frame's uncompressed bytes.
        var start: UInt64
        var count: UInt64
    }

    /// The file's: a day that was rewritten has a new one.
    var generation: UInt64 = 0
    var extents: [Extent] = []

    var byteCount: UInt64 { extents.reduce(0) { $0 + $1.count } }

    /// Adds a run; one that follows the last in its frame makes it longer.
    mutating func append(_ extent: Extent) {
        if let last = extents.indices.last, extents[last].frame == extent.frame,
            extents[last].start + extents[last].count == extent.start
        {
            extents[last].count += extent.count
        } else {
            extents.append(extent)
        }
    }

    /// Variable-length integers. Frames are written as the step from the one before (zigzag).
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendVarint(generation)
        var last: Int64 = 0
        for extent in extents {
            let step = Int64(extent.frame) - last
            bytes.appendVarint(UInt64(bitPattern: step << 1 ^ step >> 63))
            bytes.appendVarint(extent.start)
            bytes.appendVarint(extent.count)
            last = Int64(extent.frame)
        }
        return bytes
    }

    init() {}

    /// nil for bytes that are no manifest.
    init?(_ bytes: [UInt8]) {
        let manifest: BodyManifest? = bytes.withUnsafeBytes { bytes in
            var reader = VarintReader(bytes)
            guard let generation = reader.next() else { return nil }
            var result = BodyManifest()
            result.generation = generation
            var frame: Int64 = 0
            while !reader.isAtEnd {
                guard let step = reader.next(), let start = reader.next(), let count = reader.next() else { return nil }
                frame &+= Int64(bitPattern: step >> 1) ^ -Int64(bitPattern: step & 1)
                guard frame >= 0, start <= UInt64(PackFrame.bytesMax), count <= UInt64(PackFrame.bytesMax) else {
                    return nil
                }
                result.extents.append(Extent(frame: UInt64(frame), start: start, count: count))
            }
            return result
        }
        guard let manifest else { return nil }
        self = manifest
    }
}
