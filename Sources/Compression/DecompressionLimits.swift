public import Core

/// What a compressed body may cost. Fails closed: past any of these the body is refused.
public struct DecompressionLimits: Sendable {
    /// Bytes that may come out in all; exactly this many are allowed.
    public var outputBytesMax: Int
    /// Bytes out for one byte in. Looked at once more than `ratioFreeBytes` came out, because a small body of
    /// equal bytes is honest and harmless.
    public var ratioMax: Int

    /// Bytes of output that are free of the ratio's bound.
    public static let ratioFreeBytes = 1024 * 1024
    /// The largest zstd window, as a power of two: a decompressor holds at most 8 MiB, as RFC 9659 asks of HTTP.
    public static let zstdWindowLogMax = 23

    public init(
        outputBytesMax: Int = Limits.requestBodyBytesMax,
        ratioMax: Int = Limits.decompressionRatioMax
    ) {
        self.outputBytesMax = outputBytesMax
        self.ratioMax = ratioMax
    }
}

/// Why a compressed body was refused.
public enum DecompressionError: Error, Sendable, Equatable {
    /// The bytes are not what the encoding says.
    case corrupt
    /// The input ended before its end.
    case truncated
    /// More than `outputBytesMax` came out, or the stream wants more memory than it may have.
    case tooLarge
    /// The output grew past `ratioMax` times its input.
    case bomb
    /// Bytes follow the end of the compressed data.
    case trailingBytes
}
