import Config
import Core
import Foundation
import Hummingbird
import NIOCore
import Observability
import Plan
import Policy
import Wire

/// `/api/v1/keys`: the keys of the store and, to read, those of the configuration.
enum KeyHandlers {
    static func list(_ call: AdminCall) async throws -> Response {
        let keys = call.plane.keys
        let stored = try await call.blocking { try keys.all() }
        let own = Set(stored.map(\.id))
        let snapshot = call.plane.configuration().snapshot
        let configured = snapshot.keys.filter { !own.contains($0.id) }.map { Listed($0, snapshot.priority) }
        return StateHandlers.list(stored.map(Listed.init) + configured) { $0.write(&$1) }
    }

    /// What is told of a key, whether it comes from the store or from the configuration.
    private struct Listed {
        let origin: String
        let id: String
        let name: String
        let project: String
        let models: [String]
        let permissions: [String]
        let tags: [(name: String, value: String)]
        var createdAt: Int64?
        let expiresAt: Int64?
        var revokedAt: Int64?
        let record: RecordLevel?
        var priorityMax: String?

        init(_ key: StoredKey) {
            (origin, id, name, project) = ("store", key.id, key.name, key.project)
            (models, permissions) = (key.models, key.permissions)
            tags = key.tags.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            (createdAt, expiresAt, revokedAt) = (key.createdAt, key.expiresAt, key.revokedAt)
            record = key.recordLevel
            priorityMax = key.priorityMax
        }

        init(_ key: Key, _ priority: PrioritySettings) {
            (origin, id, name, project) = ("configuration", key.id, key.name, key.project)
            (models, permissions) = (key.models.texts, key.permissions.map(\.rawValue).sorted())
            tags = key.tags.entries.map { ($0.name, $0.value) }
            expiresAt = key.expiresAtUnixMicroseconds
            record = key.recordLevel
            priorityMax = key.priorityMax.map(priority.name)
        }

        func write(_ writer: inout JSONWriter) {
            writer.member("id", id)
            writer.member("name", name)
            writer.member("origin", origin)
            writer.member("project", project)
            writer.texts("models", models)
            writer.texts("permissions", permissions)
            writer.key("tags")
            writer.beginObject()
            for tag in tags { writer.member(tag.name, tag.value) }
            writer.endObject()
            writer.nullable("created_at", createdAt.map(Timestamp.text))
            writer.nullable("expires_at", expiresAt.map(Timestamp.text))
            writer.nullable("revoked_at", revokedAt.map(Timestamp.text))
            writer.nullable("record", record?.rawValue)
            writer.nullable("priority_max", priorityMax)
        }
    }

    /// What may be said of a new key; anything else is refused, so that no member sets what it must not.
    private struct Body: Decodable {
        var name: String
        var project: String?
        var models: [String]?
        var tags: [String: String]?
        var permissions: [String]?
        var expires: String?
        var record: String?
        var priorityMax: String?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case name, project, models, tags, permissions, expires, record
            case priorityMax = "priority_max"
        }
    }

    static func create(_ call: AdminCall) async throws -> Response {
        let body = try await call.request.body.collect(upTo: 64 * 1024)
        let data = Data(body.readableBytesView)
        guard let members = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw AdminError.invalid("The body must be a JSON object.")
        }
        if let unknown = members.keys.first(where: { Body.CodingKeys(rawValue: $0) == nil }) {
            throw AdminError.invalid("'\(unknown)' cannot be said of a key.")
        }
        let wanted: Body
        do {
            wanted = try JSONDecoder().decode(Body.self, from: data)
        } catch {
            throw AdminError.invalid(
                "'name' is a text, 'models' and 'permissions' are lists of texts, 'tags' is an object.")
        }
        let now = WallClock.unixMicroseconds()
        let expires = try wanted.expires.map { text in
            guard let zone = TimeZone(identifier: "UTC"), let time = Timestamp.parse(text, now: now, in: zone),
                Timestamp.span(text) == nil
            else { throw AdminError.invalid("'expires' is a day or a time of RFC 3339.") }
            return time
        }
        let token = MadeToken()
        let classes = call.plane.configuration().snapshot.priority.classes
        let key = try key(wanted, expires: expires, token, classes: classes, now: now)
        let keys = call.plane.keys
        let entry = call.entry("create key", key.name)
        try await call.blocking { try keys.create(key, noting: entry) }
        return shown(token, id: key.id, name: key.name, status: .created)
    }

    private static func key(_ body: Body, expires: Int64?, _ token: MadeToken, classes: [String], now: Int64)
        throws -> StoredKey
    {
        var wanted = NewKey(name: body.name)
        if let project = body.project { wanted.project = project }
        if let models = body.models { wanted.models = models }
        if let tags = body.tags { wanted.tags = tags }
        if let permissions = body.permissions { wanted.permissions = permissions }
        wanted.expiresAt = expires
        wanted.record = body.record
        wanted.priorityMax = body.priorityMax
        do throws(NewKey.Problem) {
            return try wanted.stored(token, classes: classes, now: now)
        } catch {
            throw AdminError.invalid("'\(error.member)': \(error.message).")
        }
    }

    static func rotate(_ call: AdminCall) async throws -> Response {
        let key = try await find(call)
        let token = MadeToken()
        let keys = call.plane.keys
        let overlap: Int64 = 24 * 3_600_000_000
        let entry = call.entry("rotate key", key.name)
        try await call.blocking {
            try keys.rotate(
                name: key.name, to: token.stored, oldTokensExpireAt: entry.at + overlap, noting: entry)
        }
        return shown(token, id: key.id, name: key.name, status: .ok)
    }

    static func revoke(_ call: AdminCall) async throws -> Response {
        let key = try await find(call)
        let keys = call.plane.keys
        let entry = call.entry("revoke key", key.name)
        try await call.blocking { try keys.revoke(name: key.name, noting: entry) }
        return Response(status: .noContent)
    }

    private static func find(_ call: AdminCall) async throws -> StoredKey {
        let id = call.parameters.get("id") ?? ""
        let keys = call.plane.keys
        let all = try await call.blocking { try keys.all() }
        guard let key = all.first(where: { $0.id == id && $0.revokedAt == nil }) else {
            throw AdminError.notFound("key '\(id)' in the store; those of the configuration are changed there")
        }
        return key
    }

    /// The one answer that shows a token.
    private static func shown(_ token: MadeToken, id: String, name: String, status: HTTPResponse.Status) -> Response {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("id", id)
        writer.member("name", name)
        writer.member("token", token.reveal())
        writer.endObject()
        return .json(writer.buffer, status: status)
    }
}

extension JSONWriter {
    fileprivate mutating func texts(_ name: String, _ texts: [String]) {
        key(name)
        beginArray()
        for text in texts { value(text) }
        endArray()
    }
}
