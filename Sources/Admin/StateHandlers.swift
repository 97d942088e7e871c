import Config
import Core
import Hummingbird
import NIOCore
import Observability
import Plan
import Wire

/// `/api/v1/providers`, `/models`, `/config`, `/audit`. Secrets have a type that cannot be written.
enum StateHandlers {
    static func providers(_ call: AdminCall) async throws -> Response {
        let gauges = await call.plane.gauges()
        let headroom = await call.plane.headroom()
        return list(call.plane.configuration().snapshot.providers) { provider, writer in
            writer.member("name", provider.name)
            writer.member("kind", provider.kind.name)
            writer.member("origin", provider.origin.description)
            writer.member("region", provider.region)
            writer.member("keys", provider.credentials.count)
            writer.member("passthrough", provider.passthrough)
            write(headroom.filter { $0.provider == provider.name }, &writer)
            guard let pool = gauges.pools.first(where: { $0.provider == provider.name }) else { return }
            writer.member("connections_used", pool.used)
            writer.member("connections_idle", pool.idle)
            writer.member("waiting", pool.waiting)
        }
    }

    /// What the provider says is left of its limits, by key and model.
    private static func write(_ headroom: [ProviderHeadroom], _ writer: inout JSONWriter) {
        writer.key("limits")
        writer.beginArray()
        for level in headroom {
            writer.beginObject()
            writer.key("key")
            if let place = level.credential { writer.value(place + 1) } else { writer.null() }
            writer.member("model", level.model)
            writer.member("unit", level.unit)
            writer.key("limit")
            if let limit = level.limit { writer.value(limit) } else { writer.null() }
            writer.member("remaining", level.remaining)
            writer.milliseconds("resets_in_ms", level.resetsIn)
            writer.endObject()
        }
        writer.endArray()
    }

    static func models(_ call: AdminCall) async throws -> Response {
        let snapshot = call.plane.configuration().snapshot
        let gauges = await call.plane.gauges()
        return list(snapshot.routes.routes) { route, writer in
            writer.member("name", route.pattern)
            TargetHandlers.write(targetsOf: route, in: snapshot, gauges, &writer)
        }
    }

    static func configuration(_ call: AdminCall) async throws -> Response {
        let configuration = call.plane.configuration()
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("version", call.plane.version)
        writer.nullable("file", configuration.file)
        writer.member("listen", configuration.snapshot.server.listen.description)
        writer.member("admin_listen", configuration.admin.listen.description)
        writer.member("data_dir", configuration.dataDirectory)
        writer.member("auth", configuration.snapshot.access == .keys ? "keys" : "none")
        writer.member("record", configuration.snapshot.record.level.rawValue)
        writer.member("retention_days", configuration.snapshot.record.retentionDays)
        writer.member("providers", configuration.snapshot.providers.count)
        writer.member("models", configuration.snapshot.routes.routes.count)
        writer.endObject()
        return .json(writer.buffer)
    }

    static func audit(_ call: AdminCall) async throws -> Response {
        let store = call.plane.store
        let entries = try await call.blocking { try store.auditEntries(limit: 1000) }
        return list(entries) { entry, writer in
            writer.member("at", Timestamp.text(entry.at))
            writer.member("actor", entry.actor)
            writer.member("action", entry.action)
            writer.member("subject", entry.subject)
        }
    }

    static func list<Item>(_ items: [Item], _ write: (Item, inout JSONWriter) -> Void) -> Response {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("data")
        writer.beginArray()
        for item in items {
            writer.beginObject()
            write(item, &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return .json(writer.buffer)
    }
}
