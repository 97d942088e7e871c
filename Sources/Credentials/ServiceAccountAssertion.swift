import Core
import Crypto
import CryptoExtras
import NIOCore
import Wire

/// The statement by which a service account asks for a token: a JSON Web Token, signed with RS256.
/// Source: Google's "Using OAuth 2.0 for server to server applications", RFC 7519 and RFC 7523.
enum ServiceAccountAssertion {
    /// Google takes no longer ones.
    static let lifetimeSeconds: Int64 = 3600

    static func sign(_ account: TokenGrant.ServiceAccount, unixSeconds: Int64) throws(MissingToken) -> String {
        let text = "\(encoded(header(account))).\(encoded(claims(account, unixSeconds)))"
        do {
            let key = try _RSA.Signing.PrivateKey(pemRepresentation: account.privateKey.reveal())
            let digest = SHA256.hash(data: Array(text.utf8))
            // RS256 is this padding by its definition (RFC 7518, section 3.3).
            let signature = try key.signature(for: digest, padding: .insecurePKCS1v1_5)
            return "\(text).\(base64URL(Array(signature.rawRepresentation)))"
        } catch {
            throw MissingToken("the private key of '\(account.email)' is no RSA key in PEM")
        }
    }

    private static func header(_ account: TokenGrant.ServiceAccount) -> ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("alg", "RS256")
        writer.member("typ", "JWT")
        if let keyID = account.keyID { writer.member("kid", keyID) }
        writer.endObject()
        return writer.buffer
    }

    private static func claims(_ account: TokenGrant.ServiceAccount, _ unixSeconds: Int64) -> ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("iss", account.email)
        writer.member("scope", account.scope)
        writer.member("aud", account.tokenURL)
        writer.member("iat", Int(unixSeconds))
        writer.member("exp", Int(unixSeconds + lifetimeSeconds))
        writer.endObject()
        return writer.buffer
    }

    private static func encoded(_ json: ByteBuffer) -> String { base64URL(Array(json.readableBytesView)) }

    /// RFC 4648, section 5, without padding.
    private static func base64URL(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var bits = 0
        var held: UInt32 = 0
        for byte in bytes {
            held = held << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(digits[Int(held >> bits) & 63])
            }
        }
        if bits > 0 { text.append(digits[Int(held << (6 - bits)) & 63]) }
        return String(decoding: text, as: UTF8.self)
    }
}
