public import Core
import Crypto
public import NIOCore

/// Signs requests to Amazon's services.
/// Source: Amazon's documentation of Signature Version 4, "Create a signed request".
public struct AWSSigner: Sendable {
    public let accessKeyID: String
    public let secretAccessKey: Secret
    /// Of temporary credentials.
    public let sessionToken: Secret?
    public let region: String
    public let service: String

    public init(
        accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil, region: String, service: String
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.region = region
        self.service = service
    }

    /// The fields that sign a request.
    /// - Parameters:
    ///   - target: path and query as they are sent.
    ///   - host: as the `host` field says it.
    ///   - body: its pieces in order.
    public func fields(
        method: String, target: String, host: String, body: [ByteBuffer], unixSeconds: Int64
    ) -> [(name: String, value: String)] {
        let time = Self.time(unixSeconds)
        var signed = [("host", host), ("x-amz-date", time)]
        if let sessionToken { signed.append(("x-amz-security-token", sessionToken.reveal())) }
        let names = signed.map(\.0).joined(separator: ";")
        let request = Self.canonicalRequest(method: method, target: target, fields: signed, names: names, body: body)
        let scope = "\(time.prefix(8))/\(region)/\(service)/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(Self.hex(SHA256.hash(data: Array(request.utf8))))"
        let signature = Self.hex(Self.code(text, key: key(day: String(time.prefix(8)))))
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(accessKeyID)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
        return signed.dropFirst().map { (name: $0.0, value: $0.1) } + [("authorization", authorization)]
    }

    private func key(day: String) -> HMAC<SHA256>.MAC {
        let secret = Array("AWS4\(secretAccessKey.reveal())".utf8)
        var key = Self.code(day, key: secret)
        for text in [region, service, "aws4_request"] { key = Self.code(text, key: key) }
        return key
    }

    private static func code(_ text: String, key: some Sequence<UInt8>) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: Array(key)))
    }

    private static func canonicalRequest(
        method: String, target: String, fields: [(String, String)], names: String, body: [ByteBuffer]
    ) -> String {
        let mark = target.firstIndex(of: "?")
        let path = target[..<(mark ?? target.endIndex)]
        let query = mark.map { target[target.index(after: $0)...] } ?? ""
        // Every service but S3 encodes the segments of the path once more than they are.
        let encoded = path.split(separator: "/", omittingEmptySubsequences: false).map {
            PercentEncoding.encodedUnreserved(String($0))
        }.joined(separator: "/")
        let lines = fields.map { "\($0.0):\($0.1)\n" }.joined()
        return [
            method, encoded.isEmpty ? "/" : encoded, canonicalQuery(query), lines, names, hex(digest(of: body)),
        ].joined(separator: "\n")
    }

    private static func canonicalQuery(_ query: Substring) -> String {
        query.split(separator: "&").map { part in
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return pair.count == 2 ? pair.joined(separator: "=") : pair[0] + "="
        }.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }.joined(separator: "&")
    }

    private static func digest(of body: [ByteBuffer]) -> SHA256.Digest {
        var hash = SHA256()
        for piece in body { piece.withUnsafeReadableBytes { hash.update(bufferPointer: $0) } }
        return hash.finalize()
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// `20150830T123600Z`.
    static func time(_ unixSeconds: Int64) -> String {
        let day = CivilDay.number(containing: unixSeconds * 1_000_000)
        let second = unixSeconds - day * 86_400
        let parts = [second / 3600, second / 60 % 60, second % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return CivilDay.text(day).filter { $0 != "-" } + "T" + parts.joined() + "Z"
    }
}
