import Config
import Core
import Hummingbird
import NIOCore
import Observability
import Plan
import Wire

/// `/api/v1/requests` and `/api/v1/records`.
enum RecordHandlers {
    static func list(_ call: AdminCall) async throws -> Response {
        let page = try await call.page(limit: 50)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("data")
        writer.beginArray()
        for record in page.records { RecordJSON.write(record, node: call.plane.node, bodies: nil, &writer) }
        writer.endArray()
        writer.nullable("next_cursor", page.next)
        writer.endObject()
        return .json(writer.buffer)
    }

    static func show(_ call: AdminCall) async throws -> Response {
        let text = call.parameters.get("id") ?? ""
        guard let id = ExchangeID(text) else { throw AdminError.notFound("request '\(text)'") }
        let records = call.plane.records
        let feedback = call.plane.feedback
        let found = try await call.querying {
            try records.record(id).map { stored in
                var bodies = bodies(of: id, in: records)
                return (stored, feedback: Self.feedback(on: id, in: feedback, &bodies), bodies)
            }
        }
        guard let found else { throw AdminError.notFound("request '\(text)'") }
        let prices = call.plane.configuration().snapshot.prices
        var writer = JSONWriter()
        RecordJSON.write(found.0, node: call.plane.node, bodies: found.2, &writer) { writer in
            RecordDetails.write(found.feedback, &writer)
            RecordDetails.write(billOf: found.0.record, prices, &writer)
        }
        return .json(writer.buffer)
    }

    /// A body that cannot be read, for want of its key say, does not hide the record.
    private static func bodies(of id: ExchangeID, in records: any RecordStore) -> RecordBodies {
        var bodies = RecordBodies()
        do throws(StoreError) {
            bodies.request = try records.body(id, .request)
            bodies.response = try records.body(id, .response)
        } catch {
            bodies.problem = error.explanation
        }
        return bodies
    }

    /// As little as a body does feedback that cannot be read.
    private static func feedback(
        on id: ExchangeID, in store: any FeedbackStore, _ bodies: inout RecordBodies
    ) -> [Feedback] {
        do throws(StoreError) {
            return try store.feedback(of: id)
        } catch {
            bodies.problem = bodies.problem ?? error.explanation
            return []
        }
    }

    private static let recheck = Duration.seconds(15)

    /// Calls as they end, as server-sent events. A client that is too slow misses some.
    static func stream(_ call: AdminCall) async throws -> Response {
        let parameters = try QueryParameters(call.request, allowing: [])
        let filter = try parameters.filter(since: "0s")
        let node = call.plane.node
        let records = call.plane.tail.subscribe(filter)
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: ": listening\n\n"))
            var checkedAt = ContinuousClock.now
            for await record in records {
                // Who signs out, or whose token ends, hears no more.
                if checkedAt.duration(to: .now) > recheck {
                    guard try await call.plane.actor(of: call.request) != nil else { break }
                    checkedAt = .now
                }
                var event = ByteBuffer(string: "data: ")
                event.writeImmutableBuffer(RecordJSON.object(record, node: node))
                event.writeString("\n\n")
                try await writer.write(event)
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"], body: body)
    }

    /// Deletes every row and body of a user or a session, and what cohort the user is in.
    static func erase(_ call: AdminCall) async throws -> Response {
        let parameters = try QueryParameters(call.request, only: ["user", "session", "project"])
        let project = parameters.value("project") ?? "default"
        let terms = ["user", "session"].compactMap { name -> RecordFilter.Term? in
            guard let value = parameters.value(name), !value.isEmpty else { return nil }
            return RecordDimension(name).map { RecordFilter.Term($0, value) }
        }
        guard terms.count == 1, let term = terms.first else {
            throw AdminError.invalid("Name one user or one session: ?user=NAME or ?session=NAME.")
        }
        // What is on its way into the store is to go as well.
        await call.plane.settleRecords()
        let (records, store) = (call.plane.records, call.plane.store)
        let count = try await call.querying {
            if term.dimension == .user { _ = try store.removeCohort(of: term.value, project: project) }
            return try records.erase(term, project: project)
        }
        try await call.note("erase \(term.dimension)", project)
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("erased", count)
        writer.endObject()
        return .json(writer.buffer)
    }
}

extension AdminCall {
    /// The page of calls that the parameters ask for, the newest first.
    /// - Parameter standard: how many there are when nothing is said.
    func page(limit standard: Int) async throws -> RecordPage {
        let parameters = try QueryParameters(request, allowing: ["since", "until", "tz", "text", "limit", "cursor"])
        let query = RecordQuery(
            try parameters.filter(since: "24h"),
            limit: try parameters.integer("limit", in: 1...Limits.pageRecordsMax, default: standard),
            cursor: parameters.value("cursor"))
        let records = plane.records
        return try await querying { try records.page(query) }
    }
}
