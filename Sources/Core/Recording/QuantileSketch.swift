#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Counts values so that any quantile can be told to within 1 % of its value, and so that sketches of two sets of
/// values merge into the sketch of both, exactly.
///
/// A DDSketch with a logarithmic mapping (Masson, Rim, Lee: "DDSketch", VLDB 2019). Its size grows with the spread of
/// the values, not with their number: at most some 2,200 bins over the range of 64-bit integers.
public struct QuantileSketch: Sendable, Equatable {
    /// Sorted by index.
    private var bins: [Bin] = []
    private var zeros: UInt64 = 0

    private struct Bin: Sendable, Equatable {
        var index: Int32
        var count: UInt64
    }

    public static let relativeError = 0.01
    private static let gamma = (1 + relativeError) / (1 - relativeError)
    private static let logGamma = log(gamma)

    public init() {}

    public var count: UInt64 { bins.reduce(zeros) { $0 + $1.count } }

    /// - Parameter value: negative ones count as 0.
    public mutating func add(_ value: Int64) {
        guard value > 0 else {
            zeros += 1
            return
        }
        add(index: Self.index(value), count: 1)
    }

    /// Takes out a value that was added; where none of its size is there, nothing happens.
    public mutating func remove(_ value: Int64) {
        guard value > 0 else {
            zeros -= min(zeros, 1)
            return
        }
        guard let place = bins.firstIndex(where: { $0.index == Self.index(value) }) else { return }
        bins[place].count -= 1
        if bins[place].count == 0 { bins.remove(at: place) }
    }

    private static func index(_ value: Int64) -> Int32 { Int32(log(Double(value)).rounded(to: logGamma)) }

    public mutating func merge(_ other: QuantileSketch) {
        zeros += other.zeros
        if other.bins.isEmpty { return }
        guard !bins.isEmpty else {
            bins = other.bins
            return
        }
        var place = 0
        for bin in other.bins {
            while place < bins.count, bins[place].index < bin.index { place += 1 }
            if place < bins.count, bins[place].index == bin.index {
                bins[place].count += bin.count
            } else {
                bins.insert(bin, at: place)
            }
        }
    }

    /// As `merge` of a sketch, without one in between.
    public mutating func merge(_ other: EncodedSketch) {
        zeros += other.zeros
        if bins.isEmpty { bins.reserveCapacity(other.count) }
        var place = 0
        other.forEachBin { index, count in
            while place < bins.count, bins[place].index < index { place += 1 }
            if place < bins.count, bins[place].index == index {
                bins[place].count += count
            } else {
                bins.insert(Bin(index: index, count: count), at: place)
            }
        }
    }

    private mutating func add(index: Int32, count: UInt64) {
        var low = 0
        var high = bins.count
        while low < high {
            let middle = (low + high) / 2
            if bins[middle].index < index { low = middle + 1 } else { high = middle }
        }
        if low < bins.count && bins[low].index == index {
            bins[low].count += count
        } else {
            bins.insert(Bin(index: index, count: count), at: low)
        }
    }

    /// The value that a share of all values does not exceed.
    /// - Parameter share: 0 to 1; 0.95 for the 95th percentile.
    /// - Returns: nil when nothing was counted.
    public func quantile(_ share: Double) -> Double? {
        let total = count
        guard total > 0 else { return nil }
        let rank = UInt64((share * Double(total - 1)).rounded(.down))
        var seen = zeros
        if rank < seen { return 0 }
        for bin in bins {
            seen += bin.count
            if rank < seen { return 2 * exp(Double(bin.index) * Self.logGamma) / (Self.gamma + 1) }
        }
        return nil
    }

    // MARK: Bytes

    /// Variable-length integers: zeros, number of bins, then for each the step of its index (zigzag) and its count.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendVarint(zeros)
        bytes.appendVarint(UInt64(bins.count))
        var last: Int32 = 0
        for bin in bins {
            let step = bin.index - last
            bytes.appendVarint(UInt64(UInt32(bitPattern: step << 1 ^ step >> 31)))
            bytes.appendVarint(bin.count)
            last = bin.index
        }
        return bytes
    }

    /// nil for bytes that are no sketch.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard let encoded = EncodedSketch(bytes) else { return nil }
        merge(encoded)
    }
}

/// The bytes of a sketch, found to be whole before any of it is added. Good as long as the bytes are there.
public struct EncodedSketch {
    fileprivate let zeros: UInt64
    /// Of bins.
    fileprivate let count: Int
    private let bins: UnsafeRawBufferPointer

    /// Values that a bin of a sound sketch may count: sums of many bins do not overflow.
    private static let countMax: UInt64 = 1 << 40

    /// The sketch of no values.
    public init() {
        (zeros, count, bins) = (0, 0, UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// nil for bytes that are no sketch.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = VarintReader(bytes)
        guard let zeros = reader.next(), zeros <= Self.countMax, let count = reader.next(), count <= 65_536 else {
            return nil
        }
        self.zeros = zeros
        self.count = Int(count)
        bins = UnsafeRawBufferPointer(rebasing: bytes[reader.position...])
        var index: Int32 = 0
        for number in 0..<count {
            guard let step = reader.next(), step <= UInt32.max, let count = reader.next(), count <= Self.countMax
            else { return nil }
            let previous = index
            index &+= Self.distance(step)
            guard number == 0 || previous < index else { return nil }
        }
    }

    fileprivate func forEachBin(_ body: (Int32, UInt64) -> Void) {
        var reader = VarintReader(bins)
        var index: Int32 = 0
        for _ in 0..<count {
            guard let step = reader.next(), let count = reader.next() else { return }
            index &+= Self.distance(step)
            body(index, count)
        }
    }

    /// Out of its zigzag form.
    private static func distance(_ step: UInt64) -> Int32 {
        let raw = UInt32(truncatingIfNeeded: step)
        return Int32(bitPattern: raw >> 1) ^ -Int32(bitPattern: raw & 1)
    }
}

extension Double {
    /// How many whole steps cover it.
    fileprivate func rounded(to step: Double) -> Double { (self / step).rounded(.up) }
}

extension [UInt8] {
    /// Seven bits to a byte, the lowest first; the eighth says that more follow.
    public mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}

/// Reads variable-length integers one after another.
public struct VarintReader {
    private let bytes: UnsafeRawBufferPointer
    public private(set) var position = 0

    public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    public var isAtEnd: Bool { position >= bytes.count }

    /// nil at the end, or where the integer is cut or too long.
    public mutating func next() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count, shift < 64 {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}
