import Core
import Crypto
import NIOCore
import NIOHTTP1
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
        let endpoint = try findEndpoint(exchange)
        exchange.endpoint = endpoint
        exchange.record.endpoint = endpoint.pattern
        if isDraining {
            throw GatewayError(.overloaded, "The gateway is being stopped; please try again.", retryAfterSeconds: 1)
        }
        if exchange.request.version == .http1_1 && exchange.client.host == nil {
            throw GatewayError(.invalidRequest, "The request has no 'host' field.")
        }
        switch exchange.snapshot.access {
        case .anyone: try refuseForeignPages(exchange)
        case .keys: if let permission = endpoint.permission { try authorize(exchange, permission) }
        }
        return endpoint
    }

    private func findEndpoint(_ exchange: Exchange) throws(GatewayError) -> Endpoint {
        let path = exchange.path
        switch Endpoints.match(method: exchange.request.method.rawValue, path: path) {
        case .found(let endpoint, let rest):
            exchange.pathRest = rest
            return endpoint
        case .otherMethod(let allowed):
            throw GatewayError(
                .methodNotAllowed,
                "\(exchange.request.method.rawValue) is not served on this path; \(allowed.joined(separator: ", ")) is.")
        case .none:
            throw GatewayError(.notFound, "There is nothing on this path. The API begins at /v1.")
        }
    }

    /// The token is hashed before anything is looked up with it: no lookup ever sees it.
    private func authorize(_ exchange: Exchange, _ permission: Permission) throws(GatewayError) {
        guard !exchange.client.hasTwoCredentials else {
            throw GatewayError(
                .invalidAPIKey, "Two different keys were sent: authorization, x-api-key, api-key and x-goog-api-key "
                    + "must agree.")
        }
        guard let token = exchange.client.credential else {
            throw GatewayError(
                .invalidAPIKey,
                "No key was sent. Send one as 'authorization: Bearer KEY' or 'x-api-key: KEY'; "
                    + "'headgate keys create' makes one.")
        }
        var text = token
        let digest = text.withUTF8 { TokenDigest(SHA256.hash(data: UnsafeRawBufferPointer($0))) }
        guard let digest, let key = exchange.snapshot.key(for: digest) else {
            throw GatewayError(.invalidAPIKey, "The key is not known.")
        }
        if let expires = key.expiresAtUnixMicroseconds, expires <= exchange.record.startedAtUnixMicroseconds {
            throw GatewayError(.invalidAPIKey, "The key '\(key.name)' has expired.")
        }
        guard key.permissions.contains(permission) else {
            throw GatewayError(
                .permissionDenied, "The key '\(key.name)' does not have the permission '\(permission.rawValue)'.")
        }
        exchange.key = key
        exchange.record.key = key.name
        exchange.record.project = key.project
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
                .permissionDenied, "Without keys, only requests to localhost are served: the 'host' field names another.")
        }
    }
}

enum HostName {
    /// - Parameter field: the value of a `host` field.
    static func isThisMachine(_ field: String) -> Bool {
        var name = Substring(field.lowercased())
        if name.hasPrefix("[") {
            return name.hasPrefix("[::1]")
        }
        if let colon = name.lastIndex(of: ":") { name = name[..<colon] }
        return name == "localhost" || ListenAddress(host: String(name), port: 0).isLoopback
    }
}

extension Exchange {
    /// The request target without its query, as it came.
    var path: Substring {
        let target = request.uri
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return Substring(target) }
        return target[..<mark]
    }

    /// What follows the first `?`.
    var query: Substring? {
        let target = request.uri
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return nil }
        return target[target.utf8.index(after: mark)...]
    }

    /// The dialect in which this client is spoken to.
    var dialect: Dialect {
        guard let endpoint else { return request.uri.hasPrefix("/v1/messages") ? .anthropic : .openAI }
        switch endpoint.kind {
        case .models, .model: return client.hasAnthropicVersion ? .anthropic : .openAI
        default: return endpoint.dialect
        }
    }
}
