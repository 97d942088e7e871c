import Core
import Crypto
import CryptoExtras
import Logging
import NIOCore
import NIOPosix
import TestKit
import Testing
import Wire

@testable import Credentials

@Suite struct AccessTokenTests {
    private static func answer(_ status: String, _ body: String) -> String {
        "HTTP/1.1 \(status)\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static func grant(port: Int) -> TokenGrant {
        .clientCredentials(
            .init(
                clientID: "c d", clientSecret: Secret("s&x"), tokenURL: "http://127.0.0.1:\(port)/t/oauth2/v2.0/token",
                scope: "https://scope/.default"))
    }

    private static let log = OperationalLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

    @Test func aTokenIsFetchedByTheGrantsForm() async throws {
        let upstream = try await ScriptedUpstream.start { _ in
            [.send(Self.answer("200 OK", #"{"access_token":"tok","expires_in":3600}"#))]
        }
        let grant = Self.grant(port: upstream.port)
        let tokens = AccessTokens(group: MultiThreadedEventLoopGroup.singleton, log: Self.log)
        #expect(throws: MissingToken("the first one has not come yet")) { try tokens.token(of: grant).get() }
        tokens.install([grant])
        await tokens.settle(within: .seconds(30))
        #expect(try tokens.token(of: grant).get().reveal() == "tok")
        let request = try #require(upstream.requests.first)
        #expect(request.hasPrefix("POST /t/oauth2/v2.0/token HTTP/1.1\r\n"))
        #expect(
            request.hasSuffix(
                "grant_type=client_credentials&client_id=c%20d&client_secret=s%26x&scope=https%3A%2F%2Fscope%2F.default"
            ))
        try await tokens.stop()
        await upstream.stop()
    }

    @Test func whyThereIsNoneIsTold() async throws {
        let upstream = try await ScriptedUpstream.start { _ in
            [.send(Self.answer("401 Unauthorized", #"{"error":"invalid_client","error_description":"wrong secret"}"#))]
        }
        let grant = Self.grant(port: upstream.port)
        let tokens = AccessTokens(group: MultiThreadedEventLoopGroup.singleton, log: Self.log)
        tokens.install([grant])
        await tokens.settle(within: .seconds(30))
        #expect(throws: MissingToken("the server answered with status 401: wrong secret")) {
            try tokens.token(of: grant).get()
        }
        try await tokens.stop()
        await upstream.stop()
    }

    @Test func tokensAreRenewedWellAheadOfTheirEnd() {
        #expect(TokenAnswer(token: Secret("t"), lifetimeSeconds: 3600).renewalSeconds == 3300)
        #expect(TokenAnswer(token: Secret("t"), lifetimeSeconds: 100).renewalSeconds == 80)
        #expect(TokenAnswer(token: Secret("t"), lifetimeSeconds: 0).renewalSeconds == 1)
    }

    @Test func anAssertionIsSignedByItsAccount() throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let account = TokenGrant.ServiceAccount(
            email: "a@p.example", privateKey: Secret(key.pemRepresentation), keyID: "7",
            tokenURL: "https://t.example/token", scope: "s")
        let text = try ServiceAccountAssertion.sign(account, unixSeconds: 1_700_000_000)
        let parts = text.split(separator: ".").map(String.init)
        #expect(parts.count == 3)
        let claims = String(decoding: try #require(Self.decoded(parts[1])), as: UTF8.self)
        #expect(
            claims
                == #"{"iss":"a@p.example","scope":"s","aud":"https://t.example/token","iat":1700000000,"exp":1700003600}"#
        )
        let signature = _RSA.Signing.RSASignature(rawRepresentation: try #require(Self.decoded(parts[2])))
        let digest = SHA256.hash(data: Array("\(parts[0]).\(parts[1])".utf8))
        #expect(key.publicKey.isValidSignature(signature, for: digest, padding: .insecurePKCS1v1_5))
    }

    @Test func aKeyThatIsNoneIsToldWithoutIt() {
        let account = TokenGrant.ServiceAccount(
            email: "a@p.example", privateKey: Secret("-----BEGIN PRIVATE KEY-----\nnonsense"), keyID: nil,
            tokenURL: "https://t.example/token", scope: "s")
        #expect(throws: MissingToken("the private key of 'a@p.example' is no RSA key in PEM")) {
            try ServiceAccountAssertion.sign(account, unixSeconds: 0)
        }
    }

    /// Base64 of RFC 4648, section 5, without padding.
    private static func decoded(_ text: String) -> [UInt8]? {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var (bytes, held, bits) = ([UInt8](), 0, 0)
        for byte in text.utf8 {
            guard let digit = digits.firstIndex(of: byte) else { return nil }
            held = (held << 6 | digit) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(held >> bits & 255))
            }
        }
        return bytes
    }
}
