public import Core
import Plan

/// A code that was just made to sign in with: shown once, kept as its digest.
public struct MadeLoginCode: Sendable {
    /// As a person reads and types it: three groups of four letters and digits, some 58 bits.
    public let text: String
    public let stored: LoginCode

    /// Without those that look like others.
    private static let alphabet = Array("ABCDEFGHJKMNPQRSTVWXYZ23456789")
    private static let goodForMicroseconds: Int64 = 10 * 60 * 1_000_000

    /// - Parameters:
    ///   - name: whom the audit log shall name.
    ///   - now: microseconds since 1970; the code is good for ten minutes.
    public init(name: String, role: AdminRole, now: Int64) {
        var generator = SystemRandomNumberGenerator()
        let letters = (0..<12).compactMap { _ in Self.alphabet.randomElement(using: &generator) }
        text = [letters[0..<4], letters[4..<8], letters[8..<12]].map { String($0) }.joined(separator: "-")
        stored = LoginCode(
            digest: Self.digest(of: text), name: name, role: role, expiresAt: now + Self.goodForMicroseconds)
    }

    /// Of a code as somebody typed it: case, hyphens and spaces do not count.
    public static func digest(of text: String) -> String {
        TokenDigest.of(token: text.uppercased().filter { $0 != "-" && !$0.isWhitespace }).hexadecimal
    }
}
