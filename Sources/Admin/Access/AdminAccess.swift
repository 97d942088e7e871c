import Config
import Core
import Foundation
import Hummingbird
import NIOPosix
import Plan

/// Who calls, and what they may.
struct AdminActor: Sendable {
    let name: String
    let role: AdminRole
}

/// Deny by default: a token or a session is asked for before anything else is looked at.
extension AdminPlane {
    func authorize(_ request: Request, _ role: AdminRole) async throws -> AdminActor {
        try refuseForeignPages(request)
        guard let actor = try await actor(of: request) else { throw AdminError.unauthorized }
        guard actor.role >= role else { throw AdminError.forbidden(role) }
        return actor
    }

    /// nil: nobody that is known.
    func actor(of request: Request) async throws -> AdminActor? {
        if let field = request.headers[.authorization] {
            guard field.lowercased().hasPrefix("bearer ") else { return nil }
            let token = try await adminToken(String(field.dropFirst(7)))
            return token.map { AdminActor(name: $0.name, role: $0.role) }
        }
        guard let cookie = SessionCookie.value(in: request) else { return nil }
        try refuseUnaskedChanges(request)
        let digest = TokenDigest.of(token: cookie).hexadecimal
        let (sessions, store) = (sessions, store)
        return try await AdminThreads.door.runIfActive {
            guard let session = try sessions.session(digest: digest, now: WallClock.unixMicroseconds()) else {
                return nil
            }
            // What a token opened ends with it.
            if let token = session.tokenDigest, try !store.adminTokens().contains(where: { $0.digest == token }) {
                return nil
            }
            return AdminActor(name: session.name, role: session.role)
        }
    }

    /// Tokens are found by their digests, which are of random bytes: how long a comparison takes tells nothing.
    func adminToken(_ text: String) async throws -> AdminToken? {
        let digest = TokenDigest.of(token: text).hexadecimal
        let store = store
        let tokens = try await AdminThreads.door.runIfActive { try store.adminTokens() }
        return tokens.first { $0.digest == digest }
    }

    /// A stranger's page must not reach this port through its visitor's browser (DNS rebinding).
    func refuseForeignPages(_ request: Request) throws {
        guard let origin = request.headers[.origin] else { return }
        guard let authority = request.head.authority, origin.hasSuffix("//" + authority), isOwn(authority) else {
            throw AdminError(
                status: .forbidden, code: "permission_denied", message: "Requests from other pages are refused.")
        }
    }

    /// Whether it is asked for by a name that was made to point here: what is open to all on this machine is not open
    /// to the page of such a name.
    func isByForeignName(_ request: Request) -> Bool { request.head.authority.map { !isOwn($0) } ?? false }

    /// A browser says whose page makes a change; a cookie without that word is no proof that its owner wants it (CSRF).
    private func refuseUnaskedChanges(_ request: Request) throws {
        guard request.method != .get, request.method != .head, request.headers[.origin] == nil else { return }
        throw AdminError(
            status: .forbidden, code: "permission_denied",
            message: "A change with the dashboard's cookie must come from its own page; send an admin token instead.")
    }

    /// On loopback, only names of this machine are its own: a stranger's name may be made to point here.
    private func isOwn(_ authority: String) -> Bool {
        guard ["127.0.0.1", "::1", "localhost"].contains(configuration().admin.listen.host) else { return true }
        let host =
            authority.hasPrefix("[") ? authority.prefix { $0 != "]" }.dropFirst() : authority.prefix { $0 != ":" }
        return ["127.0.0.1", "::1", "localhost"].contains(host.lowercased())
    }
}
