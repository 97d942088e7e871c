public import Core
import FoundationEssentials
import Plan

/// A token of 32 random bytes, of which only the digest is kept.
public struct MadeToken: Sendable {
    /// For the key that the token is made for.
    public let id: String
    public let stored: StoredKey.Token
    private let token: String

    public init() {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let text = Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
        token = "hg-" + text
        stored = StoredKey.Token(digest: TokenDigest.of(token: token).hexadecimal, expiresAt: nil)
        id = "key_" + stored.digest.prefix(16)
    }

    /// The token itself, to be shown once.
    public func reveal() -> String { token }
}
