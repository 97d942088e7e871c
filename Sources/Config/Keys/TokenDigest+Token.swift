import Crypto
public import Plan

extension TokenDigest {
    /// The SHA-256 of a token, by which its key is found.
    public static func of(token: String) -> TokenDigest {
        guard let digest = TokenDigest(SHA256.hash(data: Array(token.utf8))) else {
            preconditionFailure("a SHA-256 has 32 bytes")
        }
        return digest
    }
}
