import Core
import Hummingbird
import NIOCore
import Observability
import Wire

/// `/api/v1/costs/changes`: why a time cost more or less than the one of the same length before it.
enum CostChangeHandlers {
    static func show(_ call: AdminCall) async throws -> Response {
        let parameters = try QueryParameters(call.request, allowing: ["by", "since", "until", "tz", "text"])
        let filter = try parameters.filter(since: "24h", cohorts: true).inWholeMinutes
        let before = filter.before
        let (dimensions, zone) = (try parameters.dimensions(), try parameters.zone())
        let old = try await call.rows(of: SumReport(by: dimensions, before, zone: zone))
        let new = try await call.rows(of: SumReport(by: dimensions, filter, zone: zone))
        let changes = CostChanges(from: old, to: new)

        var writer = JSONWriter()
        writer.beginObject()
        write("before", changes.before, before, &writer)
        write("after", changes.after, filter, &writer)
        writer.key("parts")
        writer.beginObject()
        writer.parts(changes.parts)
        writer.endObject()
        writer.key("data")
        writer.beginArray()
        for group in changes.groups.prefix(groupsMax) { write(group, dimensions, &writer) }
        writer.endArray()
        writer.endObject()
        return .json(writer.buffer)
    }

    private static let groupsMax = 200

    private static func write(_ name: String, _ sums: Sums, _ filter: RecordFilter, _ writer: inout JSONWriter) {
        writer.key(name)
        writer.beginObject()
        writer.member("since", Timestamp.text(filter.since))
        writer.member("until", Timestamp.text(filter.until))
        writer.members(of: sums, quantiles: [])
        writer.endObject()
    }

    private static func write(
        _ group: CostChanges.Group, _ dimensions: [RecordDimension], _ writer: inout JSONWriter
    ) {
        writer.beginObject()
        for (dimension, value) in zip(dimensions, group.values) { writer.member(dimension.description, value) }
        for (name, sums) in [("before", group.before), ("after", group.after)] {
            writer.key(name)
            writer.beginObject()
            writer.members(of: sums, quantiles: [])
            writer.endObject()
        }
        writer.member("change_usd", group.change.usdText)
        writer.parts(group.parts)
        writer.endObject()
    }
}

extension JSONWriter {
    fileprivate mutating func parts(_ parts: CostChanges.Parts) {
        member("volume_usd", parts.volume.usdText)
        member("mix_usd", parts.mix.usdText)
        member("tokens_usd", parts.tokens.usdText)
        member("price_usd", parts.price.usdText)
    }
}
