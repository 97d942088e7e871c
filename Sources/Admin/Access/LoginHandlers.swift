import Config
import Core
import Foundation
import Hummingbird
import NIOCore
import NIOPosix
import Plan

/// `/login` and `/logout`: plain forms, which work without a script.
struct LoginHandlers: Sendable {
    let plane: AdminPlane
    let shell: PageShell
    let throttle = LoginThrottle()

    @Sendable func page(_ request: Request, _: BasicRequestContext) async throws -> Response {
        let next = Self.localPath(request.uri.queryParameters.get("next"))
        if try await plane.actor(of: request) != nil { return Self.redirect(to: next) }
        return LoginPage.response(shell, request, next: next, problem: nil)
    }

    @Sendable func signIn(_ request: Request, _: BasicRequestContext) async throws -> Response {
        try plane.refuseForeignPages(request)
        let body = try await request.body.collect(upTo: Self.formBytesMax)
        let form = try? URLEncodedFormDecoder().decode(Form.self, from: String(buffer: body))
        let next = Self.localPath(form?.next)
        let text = (form?.code ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        let now = WallClock.unixMicroseconds()
        let token = try await plane.adminToken(text)
        // Codes are short enough to be guessed by many tries; a token is not, and nobody can shut its bearer out.
        if token == nil, let seconds = throttle.attempt(now: now) {
            var response = LoginPage.response(
                shell, request, next: next, problem: "Too many wrong codes. Try again in \(seconds) seconds.",
                status: .tooManyRequests)
            response.headers[.retryAfter] = "\(seconds)"
            return response
        }
        guard let session = try await session(for: token, orCode: text, now: now) else {
            return LoginPage.response(
                shell, request, next: next,
                problem: "This code or token is not known. A code is good once and for ten minutes.",
                status: .forbidden)
        }
        if token == nil { throttle.forgive(attemptAt: now) }
        var response = Self.redirect(to: next)
        response.setCookie(SessionCookie.holding(session, isSecure: plane.configuration().admin.tls != nil))
        return response
    }

    @Sendable func signOut(_ request: Request, _: BasicRequestContext) async throws -> Response {
        try plane.refuseForeignPages(request)
        if try await plane.actor(of: request) != nil, let cookie = SessionCookie.value(in: request) {
            let sessions = plane.sessions
            let digest = TokenDigest.of(token: cookie).hexadecimal
            try await AdminThreads.door.runIfActive { try sessions.endSession(digest: digest) }
        }
        var response = Self.redirect(to: "/login")
        response.setCookie(SessionCookie.ended(isSecure: plane.configuration().admin.tls != nil))
        return response
    }

    private static let formBytesMax = 8 * 1024

    private struct Form: Decodable {
        var code: String
        var next: String?
    }

    /// What goes into the cookie, for a code or a token that is good.
    private func session(for token: AdminToken?, orCode text: String, now: Int64) async throws -> String? {
        let (sessions, store) = (plane.sessions, plane.store)
        return try await AdminThreads.door.runIfActive {
            let code = token == nil ? try sessions.redeem(codeDigest: MadeLoginCode.digest(of: text), now: now) : nil
            guard let name = token?.name ?? code?.name, let role = token?.role ?? code?.role else { return nil }
            let made = MadeToken()
            try sessions.add(
                AdminSession(
                    digest: made.stored.digest, name: name, role: role, tokenDigest: token?.digest,
                    expiresAt: now + Int64(SessionCookie.secondsMax) * 1_000_000))
            try store.note(AuditEntry(at: now, actor: name, action: "sign in", subject: role.rawValue))
            return made.reveal()
        }
    }

    private static func redirect(to path: String) -> Response {
        .redirect(to: path, type: .normal)
    }

    /// Where to go afterwards: a place of this site alone.
    static func localPath(_ text: (some StringProtocol)?) -> String {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            !text.contains("\\"), !text.hasPrefix("/login")
        else { return "/" }
        return String(text)
    }
}
