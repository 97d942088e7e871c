import Core
import Crypto
import NIOCore
import Plan
import Wire

/// Phase 2: which endpoint is meant, and may this client use it? Fails closed.
extension LoopWorker {
    func admitHead(_ exchange: Exchange) throws(Ending) -> Endpoint {
        do throws(GatewayError) {
            return try admit(exchange)
        } catch {
            throw .failed(error)
        }
    }

    private func admit(_ exchange: Exchange) throws(GatewayError) -> Endpoint {
        exchange.record.level = exchange.snapshot.recordLevel(key: nil, route: nil, provider: nil)
        exchange.record.isCall = false
        let endpoint = try findEndpoint(exchange)
        exchange.record.isCall = endpoint.kind.isCall
        exchange.endpoint = endpoint
        exchange.record.endpoint = endpoint.pattern
        if isDraining {
            throw Self.stopping
        }
        if exchange.request.isHTTP11 && !exchange.client.hasHost {
            throw GatewayError(.invalidRequest, "The request has no 'host' field.")
        }
        switch exchange.snapshot.access {
        case .anyone: try refuseForeignPages(exchange)
        case .keys: if let permission = endpoint.permission { try authorize(exchange, permission) }
        }
        return endpoint
    }

    private func findEndpoint(_ exchange: Exchange) throws(GatewayError) -> Endpoint {
        let method = exchange.request.method
        if method == .options && exchange.client.asksForPage { return Endpoints.preflight }
        switch exchange.request.withPath({ Endpoints.match(method: method, path: $0) }) {
        case .found(let endpoint, let rest):
            exchange.pathRest = rest
            return endpoint
        case .otherMethod(let allowed):
            throw GatewayError(
                .methodNotAllowed,
                "\(exchange.request.methodText) is not served on this path; \(allowed.joined(separator: ", ")) is.")
        case .none:
            throw GatewayError(.notFound, "There is nothing on this path. The API begins at /v1.")
        }
    }

    /// The token is hashed before anything is looked up with it: no lookup ever sees it.
    private func authorize(_ exchange: Exchange, _ permission: Permission) throws(GatewayError) {
        guard !exchange.client.hasTwoCredentials else {
            throw GatewayError(
                .invalidAPIKey,
                "Two different keys were sent: authorization, x-api-key, api-key and x-goog-api-key "
                    + "must agree.")
        }
        guard let digest = exchange.client.withCredential(Self.digest) else {
            throw GatewayError(
                .invalidAPIKey,
                "No key was sent. Send one as 'authorization: Bearer KEY' or 'x-api-key: KEY'; "
                    + "'headgate keys create' makes one.")
        }
        guard let digest, let key = exchange.snapshot.key(for: digest) else {
            throw GatewayError(.invalidAPIKey, "The key is not known.")
        }
        if key.hasExpired(at: exchange.record.startedAtUnixMicroseconds) {
            throw GatewayError(.invalidAPIKey, "The key '\(key.name)' has expired.")
        }
        guard key.permissions.contains(permission) else {
            throw GatewayError(
                .permissionDenied, "The key '\(key.name)' does not have the permission '\(permission.rawValue)'.")
        }
        exchange.key = key
        exchange.record.key = key.name
        exchange.record.project = key.project
        exchange.record.level = exchange.snapshot.recordLevel(key: key, route: nil, provider: nil)
    }

    private static func digest(of token: UnsafeRawBufferPointer) -> TokenDigest? {
        SHA256.hash(data: token).withUnsafeBytes { TokenDigest(digest: $0) }
    }

    /// Without keys, what a web page of a stranger makes a browser send must not be served: it reaches this machine's
    /// loopback address too.
    private func refuseForeignPages(_ exchange: Exchange) throws(GatewayError) {
        if let origin = exchange.client.origin, !exchange.snapshot.server.allowedOrigins.contains(origin) {
            throw GatewayError(
                .permissionDenied, "Requests from web pages of this origin are refused; server.cors may allow them.")
        }
        guard let host = exchange.client.host, HostName.isThisMachine(host) else {
            throw GatewayError(
                .permissionDenied,
                "Without keys, only requests to localhost are served: the 'host' field names another.")
        }
    }
}

extension Exchange {
    /// The dialect in which this client is spoken to.
    var dialect: Dialect {
        guard let endpoint else {
            if request.path.hasPrefix("/v1beta/") { return .gemini }
            return request.path.hasPrefix("/v1/messages") ? .anthropic : .openAI
        }
        switch endpoint.kind {
        case .models, .model, .passthrough:
            if client.hasGoogleKey { return .gemini }
            return client.hasAnthropicVersion ? .anthropic : endpoint.dialect
        default: return endpoint.dialect
        }
    }
}
