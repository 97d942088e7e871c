import Config
import Core
import Foundation
import Hummingbird
import NIOCore
import NIOPosix
import Observability

/// What a handler of the admin API is given.
struct AdminCall: Sendable {
    let request: Request
    let parameters: Parameters
    /// Who calls.
    let actor: AdminActor
    let plane: AdminPlane

    /// Runs what blocks for a moment on a thread that may.
    func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        do {
            return try await AdminThreads.door.runIfActive { try body() }
        } catch let error as StoreError {
            throw AdminError(error)
        }
    }

    /// Runs a question of records, which may take its time.
    func querying<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        do {
            return try await AdminThreads.query { try body() }
        } catch let error as StoreError {
            throw AdminError(error)
        }
    }

    /// The request's body, whole.
    func body(bytesMax: Int) async throws -> ByteBuffer {
        do {
            return try await request.body.collect(upTo: bytesMax)
        } catch is NIOTooManyBytesError {
            throw AdminError(
                status: .contentTooLarge, code: "request_too_large",
                message: "The body is larger than \(bytesMax / 1024) KiB: send it in parts.")
        }
    }

    /// A part of the path, with its escapes resolved.
    func decoded(_ name: String) throws -> String {
        guard let text = (parameters.get(name) ?? "").removingPercentEncoding else {
            throw AdminError.invalid("The path's escapes (%XX) do not make a text of UTF-8.")
        }
        return text
    }

    /// Notes a change in the audit log.
    func note(_ action: String, _ subject: String) async throws {
        let entry = entry(action, subject)
        try await blocking { try plane.store.note(entry) }
    }

    /// What the audit log tells of a change by this call.
    func entry(_ action: String, _ subject: String) -> AuditEntry {
        .now(by: actor.name, action, subject)
    }
}

/// The table of the admin API: what is not in it is not served, and every row says who may.
struct AdminRoute: Sendable {
    let method: HTTPRequest.Method
    let path: RouterPath
    let role: AdminRole
    let handle: @Sendable (AdminCall) async throws -> Response

    static let all: [AdminRoute] = [
        AdminRoute(method: .get, path: "/api/v1/requests", role: .viewer, handle: RecordHandlers.list),
        AdminRoute(method: .get, path: "/api/v1/overview", role: .viewer, handle: OverviewHandlers.show),
        AdminRoute(method: .get, path: "/api/v1/facets", role: .viewer, handle: FacetHandlers.list),
        AdminRoute(method: .get, path: "/api/v1/requests/export", role: .viewer, handle: ExportHandlers.requests),
        AdminRoute(method: .get, path: "/api/v1/requests/stream", role: .viewer, handle: RecordHandlers.stream),
        AdminRoute(method: .get, path: "/api/v1/requests/:id", role: .viewer, handle: RecordHandlers.show),
        AdminRoute(method: .get, path: "/api/v1/traces", role: .viewer, handle: TraceHandlers.list),
        AdminRoute(method: .get, path: "/api/v1/traces/:id", role: .viewer, handle: TraceHandlers.show),
        AdminRoute(method: .get, path: "/api/v1/costs", role: .viewer, handle: SumHandlers.costs),
        AdminRoute(method: .get, path: "/api/v1/costs/changes", role: .viewer, handle: CostChangeHandlers.show),
        AdminRoute(method: .get, path: "/api/v1/metrics", role: .viewer, handle: SumHandlers.metrics),
        AdminRoute(method: .get, path: "/api/v1/feedback", role: .viewer, handle: SumHandlers.feedback),
        AdminRoute(method: .get, path: "/api/v1/providers", role: .viewer, handle: StateHandlers.providers),
        AdminRoute(method: .get, path: "/api/v1/models", role: .viewer, handle: StateHandlers.models),
        AdminRoute(method: .get, path: "/api/v1/state", role: .viewer, handle: TargetHandlers.state),
        AdminRoute(method: .post, path: "/api/v1/targets/**", role: .operator, handle: TargetHandlers.change),
        AdminRoute(method: .get, path: "/api/v1/health", role: .viewer, handle: HealthHandlers.show),
        AdminRoute(method: .get, path: "/api/v1/config", role: .viewer, handle: StateHandlers.configuration),
        AdminRoute(method: .get, path: "/api/v1/limits", role: .viewer, handle: LimitHandlers.list),
        AdminRoute(method: .get, path: "/api/v1/audit", role: .admin, handle: StateHandlers.audit),
        AdminRoute(method: .get, path: "/api/v1/cohorts", role: .viewer, handle: CohortHandlers.list),
        AdminRoute(method: .post, path: "/api/v1/cohorts", role: .operator, handle: CohortHandlers.load),
        AdminRoute(method: .put, path: "/api/v1/cohorts/:user", role: .operator, handle: CohortHandlers.put),
        AdminRoute(method: .delete, path: "/api/v1/cohorts/:user", role: .operator, handle: CohortHandlers.remove),
        AdminRoute(method: .get, path: "/api/v1/keys", role: .viewer, handle: KeyHandlers.list),
        AdminRoute(method: .post, path: "/api/v1/keys", role: .admin, handle: KeyHandlers.create),
        AdminRoute(method: .delete, path: "/api/v1/keys/:id", role: .admin, handle: KeyHandlers.revoke),
        AdminRoute(method: .post, path: "/api/v1/keys/:id/rotate", role: .admin, handle: KeyHandlers.rotate),
        AdminRoute(method: .delete, path: "/api/v1/records", role: .admin, handle: RecordHandlers.erase),
    ]
}

/// Whoever has no token does not learn which paths there are.
private struct TokenMiddleware: RouterMiddleware {
    let plane: AdminPlane

    private static let open: Set<String> = ["/health", "/metrics", "/login", "/logout"]

    @concurrent func handle(
        _ request: Request, context: BasicRequestContext,
        next: @concurrent (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        if !Self.open.contains(path), !path.hasPrefix("/assets/"), DashboardRoutes.page(at: path) == nil {
            _ = try await plane.authorize(request, .viewer)
        }
        return try await next(request, context)
    }
}

extension AdminPlane {
    func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: TokenMiddleware(plane: self))
        router.get("/health") { _, _ in Response.json(ByteBuffer(string: #"{"status":"ok"}"#)) }
        router.get("/metrics") { request, _ in try await metricsAnswer(request) }
        DashboardRoutes(plane: self).add(to: router)
        for route in AdminRoute.all {
            router.on(route.path, method: route.method) { request, context in
                let actor = try await authorize(request, route.role)
                return try await route.handle(
                    AdminCall(request: request, parameters: context.parameters, actor: actor, plane: self))
            }
        }
        return router
    }

    private func metricsAnswer(_ request: Request) async throws -> Response {
        try refuseForeignPages(request)
        if configuration().admin.metrics == .token || isByForeignName(request) {
            _ = try await authorize(request, .viewer)
        }
        let text = metrics.text(await gauges())
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
