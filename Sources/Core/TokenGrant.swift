/// What an access token is asked for with: the OAuth flows of the clouds. Equal grants share one token.
public enum TokenGrant: Sendable, Hashable {
    /// A Google service account: a signed assertion is turned into a token (RFC 7523).
    case serviceAccount(ServiceAccount)
    /// A client's own id and secret (RFC 6749, section 4.4), as Microsoft Entra takes them.
    case clientCredentials(ClientCredentials)

    public struct ServiceAccount: Sendable, Hashable {
        public let email: String
        /// PEM, of an RSA key.
        public let privateKey: Secret
        public let keyID: String?
        public let tokenURL: String
        public let scope: String

        public init(email: String, privateKey: Secret, keyID: String?, tokenURL: String, scope: String) {
            self.email = email
            self.privateKey = privateKey
            self.keyID = keyID
            self.tokenURL = tokenURL
            self.scope = scope
        }
    }

    public struct ClientCredentials: Sendable, Hashable {
        public let clientID: String
        public let clientSecret: Secret
        public let tokenURL: String
        public let scope: String

        public init(clientID: String, clientSecret: Secret, tokenURL: String, scope: String) {
            self.clientID = clientID
            self.clientSecret = clientSecret
            self.tokenURL = tokenURL
            self.scope = scope
        }
    }
}

/// Where the tokens of grants are had, at once: they are made and renewed elsewhere.
public protocol AccessTokenSource: Sendable {
    func token(of grant: TokenGrant) -> Result<Secret, MissingToken>
}

/// Why there is no token, for a person.
public struct MissingToken: Error, Sendable, Equatable {
    public let reason: String

    public init(_ reason: String) { self.reason = reason }
}
