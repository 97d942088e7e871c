import Core
import Plan

/// Reads the URL of an HTTP proxy: `http://[user:password@]host[:port]`.
enum ProxyURLText {
    /// The port of a proxy whose URL has none; what curl takes.
    private static let portDefault = 1080

    /// - Parameter schemeOptional: `host:port` will do, as it does in the environment's variables.
    static func parse(_ text: String, schemeOptional: Bool) throws(URLText.Problem) -> Provider.HTTPProxy {
        let url = schemeOptional && !text.contains("://") ? "http://" + text : text
        let parts = try URLText.parts(url)
        guard parts.scheme == "http" else {
            throw URLText.Problem(message: "expected a proxy's URL that begins with http://")
        }
        guard parts.path.isEmpty || parts.path == "/", !parts.hasQuery, !parts.hasFragment else {
            throw URLText.Problem(message: "a proxy's URL ends after the port")
        }
        let authorization = try parts.user.map { user throws(URLText.Problem) in
            guard let decoded = percentDecoded(user) else {
                throw URLText.Problem(message: "the proxy's user or password has a broken percent escape")
            }
            let credentials = decoded.contains(UInt8(ascii: ":")) ? decoded : decoded + [UInt8(ascii: ":")]
            return Secret("Basic " + Base64.encode(credentials))
        }
        return Provider.HTTPProxy(host: parts.host, port: parts.port ?? portDefault, authorization: authorization)
    }

    private static func percentDecoded(_ text: String) -> [UInt8]? {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy(Characters.isHexDigit),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            result.append(value)
            rest = rest.dropFirst(2)
        }
        return result
    }
}

/// The encoding of RFC 4648, section 4.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = (0..<3).reduce(UInt32(0)) { bits, place in
                bits << 8 | (place < group.count ? UInt32(group[start + place]) : 0)
            }
            for place in 0..<4 {
                let index = Int(bits >> UInt32(18 - 6 * place) & 0x3F)
                result.append(place <= group.count ? alphabet[index] : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
