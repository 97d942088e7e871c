import Foundation
import Hummingbird
import HummingbirdCore

/// The dashboard's own paths: its pages, its files, and its door. Whoever is not signed in is led to the door.
struct DashboardRoutes: Sendable {
    let plane: AdminPlane

    func add(to router: Router<BasicRequestContext>) {
        let shell = PageShell(assets: DashboardAssets(), version: plane.version)
        let login = LoginHandlers(plane: plane, shell: shell)
        router.get("/assets/**", use: shell.assets.serve)
        router.get("/login", use: login.page)
        router.post("/login", use: login.signIn)
        router.post("/logout", use: login.signOut)
        for page in DashboardPage.all {
            router.get(RouterPath(page.path)) { request, _ in
                try plane.refuseForeignPages(request)
                if let canonical = Self.canonical(request.uri) {
                    return Response.redirect(to: canonical, type: .normal)
                }
                guard let actor = try await plane.actor(of: request) else { return door(from: request) }
                return shell.response(page, request, actor)
            }
        }
    }

    /// Where a page really is, for a path with slashes too many; nil where it has none.
    private static func canonical(_ uri: URI) -> String? {
        let path = "/" + uri.path.split(separator: "/").joined(separator: "/")
        guard path != uri.path else { return nil }
        return path + (uri.query.map { "?" + $0 } ?? "")
    }

    /// The page that a path leads to.
    static func page(at path: String) -> DashboardPage? {
        let parts = path.split(separator: "/")
        return DashboardPage.all.first { page in
            let wanted = page.path.split(separator: "/")
            return wanted.count == parts.count && zip(wanted, parts).allSatisfy { $0.hasPrefix(":") || $0 == $1 }
        }
    }

    private func door(from request: Request) -> Response {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~/")
        let next = request.uri.string.addingPercentEncoding(withAllowedCharacters: allowed) ?? "/"
        return .redirect(to: "/login?next=" + next, type: .normal)
    }
}
