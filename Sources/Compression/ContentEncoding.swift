/// A `content-encoding` that Headgate reads. `identity` and an absent header are the caller's business: no
/// decompressor is needed for them.
public enum ContentEncoding: String, Sendable, CaseIterable {
    case gzip
    /// Both forms that clients send under this name: zlib-wrapped (RFC 9110) and raw (RFC 1951).
    case deflate
    case zstd

    /// - Parameter headerValue: the header's value, without regard to case; `x-gzip` is gzip (RFC 9110 §8.4.1.3).
    ///   A list of several codings is none of these.
    public init?(headerValue: some StringProtocol) {
        switch headerValue.lowercased() {
        case "gzip", "x-gzip": self = .gzip
        case "deflate": self = .deflate
        case "zstd": self = .zstd
        default: return nil
        }
    }
}
