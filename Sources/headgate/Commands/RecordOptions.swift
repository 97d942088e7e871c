import ArgumentParser
import Config
import Core
import Foundation
import Ledger
import Observability
import Plan
import Stores

/// What every command that reads records needs: the store of the configuration's data directory, with or without a
/// running server.
struct RecordOptions: ParsableArguments {
    @OptionGroup var options: ConfigOptions
    @Option(name: .customLong("data-dir"), help: "The data directory, instead of the configuration's.")
    var dataDirectory: String?
    @Flag(help: "Print JSON, one object a line.")
    var json = false

    func open() throws -> SQLiteRecordStore {
        if let dataDirectory {
            let key = (try? options.loadForReading())?.snapshot.record.encryptionKeyBytes
            return SQLiteRecordStore(directory: dataDirectory, key: key, setsDamagedAside: false)
        }
        let configuration = try options.loadForReading()
        return SQLiteRecordStore(
            directory: configuration.dataDirectory, key: configuration.snapshot.record.encryptionKeyBytes,
            setsDamagedAside: false)
    }

    /// The prices that count in that directory: built in, imported and configured.
    func prices() throws -> PriceBook {
        try options.loadForReading(overrides: ConfigOverrides(dataDirectory: dataDirectory)).snapshot.prices
    }

    /// What stands beside the records: the users' cohorts.
    func openMeta() throws -> MetaDatabase {
        try KeysCommand.explain {
            try MetaDatabase(directory: try dataDirectory ?? options.loadForReading().dataDirectory)
        }
    }

    static var node: String { ProcessInfo.processInfo.hostName }
}

/// Which records are meant.
struct FilterOptions: ParsableArguments {
    @Option(
        help: """
            From when on: a time (2026-11-24T12:00:00Z), a day, or how long ago (15m, 24h, 7d); by default 24h, and \
            for a tail now.
            """)
    var since: String?
    @Option(help: "Until when; by default now, and for a tail until it is stopped.")
    var until: String?
    @Option(name: .customLong("tz"), help: "The time zone of days, such as Europe/Paris.")
    var zoneName = "UTC"
    @Option(name: .customLong("where"), help: "DIMENSION=VALUE that must hold, such as model=fast; may be repeated.")
    var terms: [String] = []
    @Option(help: "Words, or their beginnings, that stand in the previews.")
    var text: String?

    func zone() throws -> TimeZone {
        guard let zone = TimeZone(identifier: zoneName) else {
            throw ValidationError("--tz: there is no time zone '\(zoneName)'; name one as Europe/Paris or UTC")
        }
        return zone
    }

    func filter() throws -> RecordFilter {
        let now = WallClock.unixMicroseconds()
        let zone = try zone()
        func time(_ text: String, _ option: String) throws -> Int64 {
            guard let time = Timestamp.parse(text, now: now, in: zone) else {
                throw ValidationError(
                    "--\(option): expected a time such as 2026-11-24T12:00:00Z, a day, or 15m, 24h, 7d; found '\(text)'"
                )
            }
            return time
        }
        let since = try time(since ?? "24h", "since")
        // A call may have begun in this very millisecond.
        let until = try self.until.map { try time($0, "until") } ?? now + 1_000_000
        guard since < until else { throw ValidationError("--since is not before --until") }
        return RecordFilter(since: since, until: until, terms: try terms.map(Self.term), text: text)
    }

    private static func term(_ text: String) throws -> RecordFilter.Term {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw ValidationError("--where: expected DIMENSION=VALUE, found '\(text)'") }
        if let term = RecordFilter.Term(name: parts[0], value: parts[1]) { return term }
        return RecordFilter.Term(try dimension(parts[0], option: "where"), parts[1])
    }

    static func dimension(_ name: String, option: String) throws -> RecordDimension {
        guard let dimension = RecordDimension(name) else {
            throw ValidationError(
                "--\(option): there is no dimension '\(name)'; there are "
                    + RecordDimension.known.joined(separator: ", ") + " and tag.NAME")
        }
        return dimension
    }
}
