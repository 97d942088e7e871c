import Config
import Core
import Hummingbird
import NIOCore
import Observability
import Wire

/// `/api/v1/health`: the recorder, the disk, exporters, the configuration and its reloads.
enum HealthHandlers {
    static func show(_ call: AdminCall) async throws -> Response {
        let plane = call.plane
        let gauges = await plane.gauges()
        let health = plane.health()
        let disk = try await call.querying { plane.disk() }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("version", plane.version)
        writer.member("node", plane.node)
        writer.member("started_at", Timestamp.text(health.startedAt))
        writer.member("in_flight", gauges.inFlight)
        writer.member("connections", gauges.connections)
        writer.member("request_bytes_held", gauges.overload.memory.held)
        writer.member("request_bytes_max", gauges.overload.memory.max)
        writer.member("dropped_log_buffers", gauges.droppedLogBuffers)
        write(gauges.recorder, &writer)
        writer.key("disk")
        writer.beginObject()
        writer.member("data_bytes", Int(disk.dataBytes))
        writer.key("free_bytes")
        if let free = disk.freeBytes { writer.value(Int(free)) } else { writer.null() }
        writer.endObject()
        write(gauges.exports, &writer)
        write(health, plane.configuration().file, &writer)
        writer.key("shed")
        writer.beginObject()
        for (priority, count) in gauges.overload.shed.sorted(by: { $0.key < $1.key }) { writer.member(priority, count) }
        writer.endObject()
        writer.endObject()
        return .json(writer.buffer)
    }

    private static func write(_ recorder: Recorder.Status, _ writer: inout JSONWriter) {
        writer.key("recorder")
        writer.beginObject()
        writer.member("waiting", recorder.waitingRecords)
        writer.member("waiting_max", Limits.recordQueueEntriesMax)
        writer.member("written", recorder.writtenRecords)
        writer.member("dropped_records", recorder.droppedRecords)
        writer.member("refused_records", recorder.refusedRecords)
        writer.member("dropped_bodies", recorder.droppedBodies)
        writer.nullable("failure", recorder.failure)
        writer.endObject()
    }

    private static func write(_ exports: [OTLPStatus], _ writer: inout JSONWriter) {
        writer.key("exporters")
        writer.beginArray()
        for export in exports {
            writer.beginObject()
            writer.member("endpoint", export.endpoint)
            writer.member("profile", export.profile.rawValue)
            writer.member("waiting", export.waitingSpans)
            writer.member("sent", export.sentSpans)
            writer.member("dropped", export.droppedSpans)
            writer.nullable("failure", export.failure)
            writer.endObject()
        }
        writer.endArray()
    }

    private static func write(_ health: GatewayHealth, _ file: String?, _ writer: inout JSONWriter) {
        writer.key("configuration")
        writer.beginObject()
        writer.nullable("file", file)
        writer.nullable("sha256", health.configurationDigest)
        writer.key("reloads")
        writer.beginArray()
        for reload in health.reloads.reversed() {
            writer.beginObject()
            writer.member("at", Timestamp.text(reload.at))
            writer.member("changed", reload.changed)
            writer.nullable("refused", reload.refused)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
