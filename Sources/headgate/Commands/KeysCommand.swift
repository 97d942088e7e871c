import ArgumentParser
import Config
import Core
import Foundation
import Plan
import Policy
import Stores
import Wire

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Make, list, rotate and revoke the keys of clients.",
        subcommands: [Create.self, List.self, Rotate.self, Revoke.self])

    /// What every key command needs: the store in the configuration's data directory.
    struct StoreOptions: ParsableArguments {
        @OptionGroup var options: ConfigOptions
        @Option(name: .customLong("data-dir"), help: "The data directory, instead of the configuration's.")
        var dataDirectory: String?
        @Flag(help: "Print JSON.")
        var json = false

        func open() throws -> MetaDatabase {
            do {
                return try MetaDatabase(directory: try dataDirectory ?? options.loadForReading().dataDirectory)
            } catch let error as StoreError {
                throw Failure(error.explanation)
            }
        }
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a key. Its token is shown once.")
        @OptionGroup var store: StoreOptions
        @Option(help: "What the key is called.") var name: String
        @Option(help: "The tenant it belongs to.") var project = "default"
        @Option(help: "Models it may use, separated by commas; a trailing * stands for any rest.") var models = "*"
        @Option(name: .customLong("tag"), help: "NAME=VALUE, set on every call; may be repeated.") var tags: [String] =
            []
        @Option(help: "What it may do, separated by commas: infer, feedback, ingest, passthrough.")
        var permissions = "infer,feedback"
        @Option(help: "The day it ends, as 2027-01-01.") var expires: String?
        @Option(help: "What is kept of its calls: full, metadata or off; else as the configuration says.")
        var record: String?
        @Option(
            name: .customLong("priority-max"),
            help: "The most important class of priority that its calls may name; else the default one.")
        var priorityMax: String?

        func run() throws {
            let token = MadeToken()
            var wanted = NewKey(name: name)
            wanted.project = project
            wanted.models = models.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            wanted.tags = try parsedTags()
            wanted.permissions = permissions.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            wanted.expiresAt = try expires.map(Self.microseconds(ofDay:))
            wanted.record = record
            wanted.priorityMax = priorityMax
            let classes = priorityMax == nil ? [] : try store.options.loadForReading().snapshot.priority.classes
            let key: StoredKey
            do throws(NewKey.Problem) {
                key = try wanted.stored(token, classes: classes, now: WallClock.unixMicroseconds())
            } catch {
                throw ValidationError("--\(Self.option(error.member)): \(error.message)")
            }
            try KeysCommand.explain { try store.open().create(key, noting: .commandLine("create key", name)) }
            token.show(name: name, json: store.json)
        }

        private static func option(_ member: String) -> String {
            member == "tags" ? "tag" : member.replacing("_", with: "-")
        }

        private func parsedTags() throws -> [String: String] {
            var result: [String: String] = [:]
            for tag in tags {
                let parts = tag.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2 else { throw ValidationError("--tag: expected NAME=VALUE, found '\(tag)'") }
                result[parts[0].lowercased()] = parts[1]
            }
            return result
        }

        private static func microseconds(ofDay text: String) throws -> Int64 {
            let formatter = ISO8601DateFormatter()
            formatter.formatOptions = [.withFullDate]
            guard let date = formatter.date(from: text) else {
                throw ValidationError("--expires: expected a day as 2027-01-01")
            }
            return Int64(date.timeIntervalSince1970) * 1_000_000
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the keys of the store, without their tokens.")
        @OptionGroup var store: StoreOptions

        func run() throws {
            let keys = try KeysCommand.explain { try store.open().all() }
            if store.json { return Output.line(KeyListing.json(keys)) }
            for key in keys { Output.line(KeyListing.line(key)) }
        }
    }

    struct Rotate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a key a new token; the old one stays good for a while.")
        @OptionGroup var store: StoreOptions
        @Argument(help: "The key's name.") var name: String
        @Option(name: .customLong("overlap-hours"), help: "How long the old token stays good.") var overlapHours = 24

        func run() throws {
            guard (0...8760).contains(overlapHours) else {
                throw ValidationError("--overlap-hours: expected 0 to 8760")
            }
            let token = MadeToken()
            let entry = AuditEntry.commandLine("rotate key", name)
            let end = entry.at + Int64(overlapHours) * 3_600_000_000
            try KeysCommand.explain {
                try store.open().rotate(name: name, to: token.stored, oldTokensExpireAt: end, noting: entry)
            }
            token.show(name: name, json: store.json)
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a key at once.")
        @OptionGroup var store: StoreOptions
        @Argument(help: "The key's name.") var name: String

        func run() throws {
            try KeysCommand.explain { try store.open().revoke(name: name, noting: .commandLine("revoke key", name)) }
            Output.error("The key '\(name)' is revoked.")
        }
    }

    static func explain<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as StoreError {
            throw Failure(error.explanation)
        }
    }
}

extension AuditEntry {
    /// A change that is made now by a command.
    static func commandLine(_ action: String, _ subject: String) -> AuditEntry {
        .now(by: "command line", action, subject)
    }
}

extension MadeToken {
    /// Shown once; nothing else ever prints it.
    func show(name: String, json: Bool) {
        if json {
            Output.line(#"{"name":\#(KeyListing.quoted(name)),"token":"\#(reveal())"}"#)
        } else {
            Output.error("The key '\(name)' is shown once; keep it safe:")
            Output.line(reveal())
        }
    }
}

enum KeyListing {
    static func line(_ key: StoredKey) -> String {
        var parts = [key.name, key.project, key.models.joined(separator: ","), key.permissions.joined(separator: ",")]
        if !key.tags.isEmpty {
            parts.append(key.tags.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ","))
        }
        if let level = key.recordLevel { parts.append("record: \(level.rawValue)") }
        if let priority = key.priorityMax { parts.append("priority up to \(priority)") }
        if key.revokedAt != nil { parts.append("revoked") }
        return parts.joined(separator: "  ")
    }

    static func json(_ keys: [StoredKey]) -> String {
        let rows = keys.map { key -> [String: Any] in
            var row: [String: Any] = [
                "id": key.id, "name": key.name, "project": key.project, "models": key.models, "tags": key.tags,
                "permissions": key.permissions, "created_at": date(key.createdAt), "tokens": key.tokens.count,
            ]
            if let expires = key.expiresAt { row["expires_at"] = date(expires) }
            if let level = key.recordLevel { row["record"] = level.rawValue }
            if let priority = key.priorityMax { row["priority_max"] = priority }
            if let revoked = key.revokedAt { row["revoked_at"] = date(revoked) }
            return row
        }
        let data = try? JSONSerialization.data(withJSONObject: rows, options: [.sortedKeys, .withoutEscapingSlashes])
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }

    static func quoted(_ text: String) -> String {
        let data = try? JSONSerialization.data(withJSONObject: text, options: [.fragmentsAllowed])
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }

    private static func date(_ microseconds: Int64) -> String {
        ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: Double(microseconds) / 1e6))
    }
}
