import Core
import Foundation
import Hummingbird
import NIOCore
import Observability
import Wire

/// `/api/v1/requests/export`: all that fit, as CSV or JSON lines, page by page.
enum ExportHandlers {
    static func requests(_ call: AdminCall) async throws -> Response {
        let parameters = try QueryParameters(call.request, allowing: ["since", "until", "tz", "text", "format"])
        let filter = try parameters.filter(since: "24h")
        let format = parameters.value("format") ?? "jsonl"
        guard ["csv", "jsonl"].contains(format) else { throw AdminError.invalid("'format' must be csv or jsonl.") }
        let isCSV = format == "csv"
        let (records, node) = (call.plane.records, call.plane.node)
        // Asked for before the answer begins: an error must not stand in a file.
        let first = try await call.querying {
            try records.page(RecordQuery(filter, limit: Limits.pageRecordsMax, cursor: nil))
        }
        let body = ResponseBody { writer in
            if isCSV { try await writer.write(ByteBuffer(string: RecordCSV.header)) }
            var page = first
            while true {
                try await writer.write(isCSV ? RecordCSV.lines(page.records) : lines(page.records, node: node))
                guard let cursor = page.next else { break }
                // Who signs out, or whose token ends, gets no more; a file that is cut is told from a whole one.
                guard try await call.plane.actor(of: call.request) != nil else { throw AdminError.unauthorized }
                page = try await AdminThreads.goOn {
                    try records.page(RecordQuery(filter, limit: Limits.pageRecordsMax, cursor: cursor))
                }
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: isCSV ? "text/csv; charset=utf-8" : "application/x-ndjson",
                .contentDisposition: "attachment; filename=\"headgate-requests.\(format)\"", .cacheControl: "no-store",
            ],
            body: body)
    }

    private static func lines(_ records: [StoredRecord], node: String) -> ByteBuffer {
        var lines = ByteBuffer()
        for record in records {
            lines.writeImmutableBuffer(RecordJSON.object(record, node: node))
            lines.writeString("\n")
        }
        return lines
    }
}
