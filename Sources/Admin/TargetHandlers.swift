import Config
import Core
import Foundation
import Hummingbird
import NIOCore
import Observability
import Plan
import Policy
import Wire

/// `POST /api/v1/targets/{id}/drain` and `/undrain`, and what `/api/v1/state` says of targets.
enum TargetHandlers {
    /// The path's rest is the target's name and what is to be done: the name has slashes, escaped or not.
    static func change(_ call: AdminCall) async throws -> Response {
        let rest = call.request.uri.path.dropFirst("/api/v1/targets/".count)
        guard let slash = rest.lastIndex(of: "/"), let text = rest[..<slash].removingPercentEncoding else {
            throw AdminError.notFound("such path; it is /api/v1/targets/PROVIDER%2FMODEL@REGION/drain or /undrain")
        }
        switch rest[rest.index(after: slash)...] {
        case "drain": return try await drain(text, call)
        case "undrain": return try await undrain(text, call)
        default: throw AdminError.notFound("change of a target but 'drain' and 'undrain'")
        }
    }

    private static func drain(_ text: String, _ call: AdminCall) async throws -> Response {
        let known = call.plane.configuration().snapshot.targetNames
        guard let name = TargetName(text), known.contains(where: { $0.covers(name) }) else {
            let shown = known.prefix(8).map(\.description).joined(separator: ", ")
            throw AdminError.notFound(
                "target '\(text.prefix(256))'; there are \(shown)\(known.count > 8 ? ", ... (/api/v1/state)" : "")")
        }
        let target = DrainedTarget(
            name: name.description, since: WallClock.unixMicroseconds(), actor: call.actor.name)
        let store = call.plane.store
        try await call.blocking { try store.drain(target) }
        try await call.note("drain target", target.name)
        await call.plane.apply()
        return answer(target.name, isDrained: true)
    }

    private static func undrain(_ text: String, _ call: AdminCall) async throws -> Response {
        let store = call.plane.store
        guard try await call.blocking({ try store.undrain(text) }) else {
            throw AdminError.notFound("drained target '\(text.prefix(256))'; /api/v1/state shows those there are")
        }
        try await call.note("undrain target", text)
        await call.plane.apply()
        return answer(text, isDrained: false)
    }

    private static func answer(_ name: String, isDrained: Bool) -> Response {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("target", name)
        writer.member("drained", isDrained)
        writer.endObject()
        return .json(writer.buffer)
    }

    /// What is served now, by which targets, and which of them are drained.
    static func state(_ call: AdminCall) async throws -> Response {
        let store = call.plane.store
        let drained = try await call.blocking { try store.drainedTargets() }
        let gauges = await call.plane.gauges()
        let snapshot = call.plane.configuration().snapshot
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("version", call.plane.version)
        writer.member("in_flight", gauges.inFlight)
        writer.member("connections", gauges.connections)
        writer.key("models")
        writer.beginArray()
        for route in snapshot.routes.routes {
            writer.beginObject()
            writer.member("name", route.pattern)
            write(targetsOf: route, in: snapshot, gauges, &writer)
            writer.endObject()
        }
        writer.endArray()
        write(drained, known: snapshot.targetNames, &writer)
        writer.endObject()
        return .json(writer.buffer)
    }

    /// The member `targets` of a model.
    static func write(
        targetsOf route: Route, in snapshot: Snapshot, _ gauges: MetricGauges, _ writer: inout JSONWriter
    ) {
        writer.key("targets")
        writer.beginArray()
        for target in route.targets {
            let provider = snapshot.providers[target.provider]
            writer.beginObject()
            let name = target.name(pattern: route.pattern, provider: provider).description
            writer.member("id", name)
            writer.member("provider", provider.name)
            writer.nullable("model", target.model)
            writer.member("weight", target.weight)
            writer.member("priority", target.priority)
            writer.nullable("when", target.condition?.text)
            writer.member("region", target.region)
            write(name, gauges, &writer)
            writer.member("drained", target.drain == .all)
            if case .models(let models) = target.drain {
                writer.key("drained_models")
                writer.beginArray()
                for model in models.sorted() { writer.value(model) }
                writer.endArray()
            }
            writer.endObject()
        }
        writer.endArray()
    }

    /// How a target does.
    private static func write(_ name: String, _ gauges: MetricGauges, _ writer: inout JSONWriter) {
        let target = gauges.targets.first { $0.name == name }
        let overload = gauges.overload.target(named: name)
        writer.member("ejected", target?.isEjected ?? false)
        writer.milliseconds("ejected_for_ms", target?.ejectedFor)
        writer.member("in_flight", target?.inFlight ?? 0)
        writer.key("limit")
        if let limit = overload?.limit { writer.value(limit) } else { writer.null() }
        writer.key("waiting")
        writer.beginObject()
        for (priority, count) in overload?.waiting ?? [] { writer.member(priority, count) }
        writer.endObject()
    }

    /// Also those that the configuration has no more: they are drained again when it has them again.
    private static func write(_ drained: [DrainedTarget], known: [TargetName], _ writer: inout JSONWriter) {
        writer.key("drained")
        writer.beginArray()
        for target in drained {
            let name = TargetName(target.name)
            writer.beginObject()
            writer.member("target", target.name)
            writer.member("since", Timestamp.text(target.since))
            writer.member("by", target.actor)
            writer.member("configured", known.contains { known in name.map(known.covers) ?? false })
            writer.endObject()
        }
        writer.endArray()
    }
}
