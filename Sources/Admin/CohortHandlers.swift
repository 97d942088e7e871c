import Core
import Hummingbird
import NIOCore
import Observability
import Wire

/// `/api/v1/cohorts`: which user is in which group.
///
/// The audit log says that something changed and how much, never of whom: what is erased must not stay there.
enum CohortHandlers {
    static func list(_ call: AdminCall) async throws -> Response {
        let parameters = try QueryParameters(call.request, only: ["project", "cohort", "limit", "cursor"])
        let limit = try parameters.integer("limit", in: 1...Limits.pageRecordsMax, default: 100)
        let after = try parameters.value("cursor").map(user(ofCursor:))
        let (store, project) = (call.plane.store, project(parameters))
        let page = try await call.blocking {
            try store.cohortPage(project: project, cohort: parameters.value("cohort"), after: after, limit: limit)
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("data")
        writer.beginArray()
        for entry in page.entries { write(entry, &writer) }
        writer.endArray()
        writer.nullable("next_cursor", page.next.map(cursor(after:)))
        writer.endObject()
        return .json(writer.buffer)
    }

    static func put(_ call: AdminCall) async throws -> Response {
        let parameters = try QueryParameters(call.request, only: ["project"])
        let body = try await call.body(bytesMax: 16 * 1024)
        let cohort = body.withUnsafeReadableBytes { bytes -> String? in
            guard let object = JSONObjectView(bytes), object.members.count == 1 else { return nil }
            return object.string("cohort")
        }
        guard let cohort else { throw AdminError.invalid(#"Send an object with one text: {"cohort": "NAME"}."#) }
        let user = try call.decoded("user")
        let (store, project) = (call.plane.store, project(parameters))
        let entry = try await call.blocking {
            let entry = try CohortEntry(user: user, cohort: cohort)
            try store.putCohorts([entry], project: project, replacing: false)
            return entry
        }
        try await call.note("set cohort", project)
        var writer = JSONWriter()
        write(entry, &writer)
        return .json(writer.buffer)
    }

    static func remove(_ call: AdminCall) async throws -> Response {
        let parameters = try QueryParameters(call.request, only: ["project"])
        let user = try call.decoded("user")
        let (store, project) = (call.plane.store, project(parameters))
        guard try await call.blocking({ try store.removeCohort(of: user, project: project) }) else {
            throw AdminError.notFound("user '\(user.prefix(64))' in a cohort of the project '\(project)'")
        }
        try await call.note("remove cohort", project)
        return Response(status: .noContent)
    }

    /// Many at once: those that are named, or, with `?replace=true`, all of the project.
    static func load(_ call: AdminCall) async throws -> Response {
        let parameters = try QueryParameters(call.request, only: ["project", "replace"])
        let replacing = try parameters.flag("replace")
        let isCSV = try isCSV(call.request)
        let body = try await call.body(bytesMax: Limits.cohortImportBytesMax)
        let (store, project) = (call.plane.store, project(parameters))
        let count = try await call.blocking {
            let entries = isCSV ? try CohortImport.csv(body) : try CohortImport.json(body)
            try store.putCohorts(entries, project: project, replacing: replacing)
            return entries.count
        }
        try await call.note(replacing ? "replace cohorts" : "import cohorts", "\(project): \(count) users")
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("project", project)
        writer.member("imported", count)
        writer.endObject()
        return .json(writer.buffer)
    }

    private static func isCSV(_ request: Request) throws -> Bool {
        let type = request.headers[.contentType].map { $0.prefix { $0 != ";" }.lowercased() } ?? "application/json"
        switch type {
        case "text/csv": return true
        case "application/json": return false
        default:
            throw AdminError(
                status: .unsupportedMediaType, code: "invalid_request",
                message: "Send 'content-type: application/json' with an object, or 'text/csv' with lines user,cohort.")
        }
    }

    private static func project(_ parameters: QueryParameters) -> String { parameters.value("project") ?? "default" }

    private static func write(_ entry: CohortEntry, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("user", entry.user)
        writer.member("cohort", entry.cohort)
        writer.endObject()
    }

    /// The user's name in hexadecimal digits: it needs no escapes.
    private static func cursor(after user: String) -> String {
        user.utf8.reduce(into: "") { $0 += ($1 < 16 ? "0" : "") + String($1, radix: 16) }
    }

    private static func user(ofCursor text: String) throws -> String {
        let digits = Array(text.utf8)
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<min($0 + 2, digits.count)], as: UTF8.self), radix: 16)
        }
        guard digits.count == bytes.count * 2, !bytes.isEmpty, let user = String(validating: bytes, as: UTF8.self)
        else {
            throw AdminError.invalid("The cursor is not one of this listing; take 'next_cursor' of the page before.")
        }
        return user
    }
}
