import Core
import Hummingbird
import Observability
import Wire

/// `/api/v1/facets`: which values there are to filter by.
enum FacetHandlers {
    private static let standard = "model,provider,feature,key,status,outcome,error_code"

    static func list(_ call: AdminCall) async throws -> Response {
        let parameters = try QueryParameters(
            call.request, allowing: ["names", "order", "since", "until", "tz", "text"])
        let names = parameters.value("names") ?? standard
        let dimensions = try parameters.dimensions("names", in: names)
        guard dimensions.count <= 16, !dimensions.contains(.cohort) else {
            throw AdminError.invalid("'names' takes up to 16 dimensions, and not cohort.")
        }
        guard let order = FacetReport.Order(rawValue: parameters.value("order") ?? "requests") else {
            throw AdminError.invalid("'order' must be requests or cost.")
        }
        let report = FacetReport(dimensions, try parameters.filter(since: "24h"), order: order)
        let records = call.plane.records
        let facets = try await call.querying { try report.values(from: records) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("data")
        writer.beginObject()
        for (dimension, values) in zip(dimensions, facets) {
            writer.key(dimension.description)
            guard let values else {
                writer.null()
                continue
            }
            writer.beginArray()
            for value in values {
                writer.beginObject()
                writer.member("value", value.value)
                writer.member("requests", value.sums.requests)
                writer.member("errors", value.sums.errors)
                writer.member("unpriced", value.sums.unpriced)
                writer.cost(value.sums.cost)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
        writer.endObject()
        return .json(writer.buffer)
    }
}
