import Config
import Core
import Foundation
import Hummingbird
import NIOCore
import Observability
import Wire

/// `/api/v1/keys`: the keys of the store and, to read, those of the configuration.
enum KeyHandlers {
    static func list(_ call: AdminCall) async throws -> Response {
        let keys = call.plane.keys
        let stored = try await call.blocking { try keys.all() }
        return StateHandlers.list(stored) { key, writer in
            writer.member("id", key.id)
            writer.member("name", key.name)
            writer.member("project", key.project)
            writer.key("models")
            writer.beginArray()
            for model in key.models { writer.value(model) }
            writer.endArray()
            writer.key("permissions")
            writer.beginArray()
            for permission in key.permissions { writer.value(permission) }
            writer.endArray()
            writer.key("tags")
            writer.beginObject()
            for (name, value) in key.tags.sorted(by: { $0.key < $1.key }) { writer.member(name, value) }
            writer.endObject()
            writer.member("created_at", Timestamp.text(key.createdAt))
            writer.nullable("expires_at", key.expiresAt.map(Timestamp.text))
            writer.nullable("revoked_at", key.revokedAt.map(Timestamp.text))
        }
    }

    /// What may be said of a new key; anything else is refused, so that no member sets what it must not.
    private struct NewKey: Decodable {
        var name: String
        var project: String?
        var models: [String]?
        var tags: [String: String]?
        var permissions: [String]?
        var expires: String?

        enum CodingKeys: String, CodingKey, CaseIterable { case name, project, models, tags, permissions, expires }
    }

    static func create(_ call: AdminCall) async throws -> Response {
        let body = try await call.request.body.collect(upTo: 64 * 1024)
        let data = Data(body.readableBytesView)
        guard let members = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw AdminError.invalid("The body must be a JSON object.")
        }
        if let unknown = members.keys.first(where: { NewKey.CodingKeys(rawValue: $0) == nil }) {
            throw AdminError.invalid("'\(unknown)' cannot be said of a key.")
        }
        let wanted: NewKey
        do {
            wanted = try JSONDecoder().decode(NewKey.self, from: data)
        } catch {
            throw AdminError.invalid(
                "'name' is a text, 'models' and 'permissions' are lists of texts, 'tags' is an object.")
        }
        guard (1...128).contains(wanted.name.utf8.count) else { throw AdminError.invalid("'name' has 1 to 128 bytes.") }
        for permission in wanted.permissions ?? [] where Permission(rawValue: permission) == nil {
            throw AdminError.invalid(
                "There is no permission '\(permission)'; there are "
                    + Permission.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        }
        let now = WallClock.unixMicroseconds()
        let expires = try wanted.expires.map { text in
            guard let zone = TimeZone(identifier: "UTC"), let time = Timestamp.parse(text, now: now, in: zone),
                Timestamp.span(text) == nil
            else { throw AdminError.invalid("'expires' is a day or a time of RFC 3339.") }
            return time
        }
        let token = MadeToken()
        let key = StoredKey(
            id: token.id, name: wanted.name, project: wanted.project ?? "default", models: wanted.models ?? ["*"],
            tags: wanted.tags ?? [:], permissions: wanted.permissions ?? ["infer", "feedback"], createdAt: now,
            expiresAt: expires, tokens: [token.stored])
        let keys = call.plane.keys
        try await call.blocking { try keys.create(key) }
        try await call.note("create key", key.name)
        return shown(token, id: key.id, name: key.name, status: .created)
    }

    static func rotate(_ call: AdminCall) async throws -> Response {
        let key = try await find(call)
        let token = MadeToken()
        let keys = call.plane.keys
        let overlap: Int64 = 24 * 3_600_000_000
        try await call.blocking {
            try keys.rotate(
                name: key.name, to: token.stored, oldTokensExpireAt: WallClock.unixMicroseconds() + overlap)
        }
        try await call.note("rotate key", key.name)
        return shown(token, id: key.id, name: key.name, status: .ok)
    }

    static func revoke(_ call: AdminCall) async throws -> Response {
        let key = try await find(call)
        let keys = call.plane.keys
        try await call.blocking { try keys.revoke(name: key.name, at: WallClock.unixMicroseconds()) }
        try await call.note("revoke key", key.name)
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
