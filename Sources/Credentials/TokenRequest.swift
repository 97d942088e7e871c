import AsyncHTTPClient
import Core
import NIOCore
import NIOHTTP1
import Wire

/// How a token is asked for: a form, sent to the grant's URL.
enum TokenRequest {
    static func make(_ grant: TokenGrant) throws(MissingToken) -> HTTPClient.Request {
        switch grant {
        case .serviceAccount(let account):
            let now = WallClock.unixMicroseconds() / 1_000_000
            return try make(
                account.tokenURL,
                [
                    ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                    ("assertion", try ServiceAccountAssertion.sign(account, unixSeconds: now)),
                ])
        case .clientCredentials(let client):
            return try make(
                client.tokenURL,
                [
                    ("grant_type", "client_credentials"), ("client_id", client.clientID),
                    ("client_secret", client.clientSecret.reveal()), ("scope", client.scope),
                ])
        }
    }

    private static func make(
        _ url: String, _ form: [(name: String, value: String)]
    ) throws(MissingToken) -> HTTPClient.Request {
        let body = form.map { "\($0.name)=\(PercentEncoding.encodedUnreserved($0.value))" }.joined(separator: "&")
        do {
            var request = try HTTPClient.Request(url: url, method: .POST, body: .string(body))
            request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
            request.headers.add(name: "accept", value: "application/json")
            return request
        } catch {
            throw MissingToken("'\(url)' is no address to ask for one")
        }
    }
}

/// What a token's server answered (RFC 6749, section 5).
struct TokenAnswer {
    let token: Secret
    let lifetimeSeconds: Int64

    /// Well ahead of the end: a fifth of the lifetime, or five minutes where that is less.
    var renewalSeconds: Int64 { max(1, lifetimeSeconds - min(lifetimeSeconds / 5, 300)) }

    static func read(_ response: HTTPClient.Response) -> Result<TokenAnswer, MissingToken> {
        let body = response.body ?? ByteBuffer()
        return body.withUnsafeReadableBytes { bytes in
            let view = JSONObjectView(bytes)
            if response.status == .ok, let token = view?.string("access_token"), isSendable(token) {
                let lifetime = Int64(view?.integer("expires_in") ?? 3600)
                return .success(
                    TokenAnswer(token: Secret(token), lifetimeSeconds: min(max(lifetime, 0), 86_400)))
            }
            let told = view?.string("error_description") ?? view?.string("error") ?? "no text that says why"
            return .failure(
                MissingToken("the server answered with status \(response.status.code): \(told.prefix(200))"))
        }
    }

    private static func isSendable(_ token: String) -> Bool {
        !token.isEmpty && token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
