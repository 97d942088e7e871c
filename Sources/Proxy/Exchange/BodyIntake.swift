import Compression
import Core
import NIOCore
import Wire

/// Gathers a request's body up to its limit, decompressed as it comes.
struct BodyIntake {
    private(set) var body = ByteBuffer()
    private let bytesMax: Int
    private let expectedBytes: Int?
    private var inflater: Inflater?
    private var refusal: GatewayError?

    init(_ request: RequestHead, _ client: ClientHead, bytesMax: Int) {
        self.bytesMax = bytesMax
        if case .length(let length) = request.framing { expectedBytes = length } else { expectedBytes = nil }
        if let expectedBytes, expectedBytes > bytesMax { refusal = Self.tooLarge(bytesMax) }
        guard let name = client.contentEncoding, name != "identity", !name.isEmpty else { return }
        guard let encoding = ContentEncoding(headerValue: name) else {
            refusal = GatewayError(
                .invalidRequest, "The content-encoding is not understood; gzip, deflate and zstd are.",
                parameter: "content-encoding")
            return
        }
        do throws(DecompressionError) {
            let limits = DecompressionLimits(outputBytesMax: bytesMax, ratioMax: Limits.decompressionRatioMax)
            inflater = Inflater(try Decompressor(encoding, limits: limits))
        } catch {
            refusal = Self.refusal(for: error, bytesMax)
        }
    }

    /// Refuses by the head alone, before a byte of the body is asked for.
    func check() throws(GatewayError) {
        if let refusal { throw refusal }
    }

    mutating func push(_ bytes: ByteBuffer) throws(GatewayError) {
        try check()
        if let inflater {
            do throws(DecompressionError) {
                try inflater.decompressor.push(bytes, into: &body)
            } catch {
                throw Self.refusal(for: error, bytesMax)
            }
            return
        }
        guard body.readableBytes + bytes.readableBytes <= bytesMax else { throw Self.tooLarge(bytesMax) }
        if body.readableBytes == 0 {
            body = bytes
            return
        }
        if let expectedBytes, expectedBytes > body.capacity, expectedBytes <= bytesMax {
            body.reserveCapacity(min(expectedBytes, 1 << 20))
        }
        body.writeImmutableBuffer(bytes)
    }

    mutating func finish() throws(GatewayError) {
        guard let inflater else { return }
        do throws(DecompressionError) {
            try inflater.decompressor.finish()
        } catch {
            throw Self.refusal(for: error, bytesMax)
        }
        self.inflater = nil
    }

    mutating func forget() { body = ByteBuffer() }

    private static func tooLarge(_ bytesMax: Int) -> GatewayError {
        GatewayError(.requestTooLarge, "The body is larger than \(bytesMax) bytes (server.body_max).")
    }

    private static func refusal(for error: DecompressionError, _ bytesMax: Int) -> GatewayError {
        switch error {
        case .tooLarge: tooLarge(bytesMax)
        case .bomb:
            GatewayError(
                .requestTooLarge,
                "The body grows more than \(Limits.decompressionRatioMax) times as it is decompressed.")
        case .corrupt, .truncated, .trailingBytes:
            GatewayError(.invalidRequest, "The body cannot be decompressed: it is \(error).")
        }
    }
}

/// Holds a decompressor, which cannot be copied, for a struct that can.
private final class Inflater {
    var decompressor: Decompressor

    init(_ decompressor: consuming Decompressor) { self.decompressor = decompressor }
}
