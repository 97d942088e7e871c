import Core
import Foundation
import GRDB
import Testing

@testable import Stores

@Suite struct RepricingTests {
    private let folder = Folder()
    private let filter = RecordFilter(
        since: Samples.start - 36_000_000_000, until: Samples.start + 48 * 3_600_000_000)
    private let later = Samples.start + 72 * 3_600_000_000

    /// One model has no price, and another costs nothing.
    private static func price(_ attempt: AttemptRecord, _ time: Int64) -> Money? {
        switch attempt.upstreamModel {
        case "gpt-0": nil
        case "gpt-1": .zero
        default: Money(picoUSD: Int128(attempt.usage.inputUncached * 7_000_003 + attempt.usage.output * 11))
        }
    }

    /// Over two days, with calls of which no row is kept among them.
    private func filled(
        _ path: String, _ numbers: Range<Int>, repriced: Bool = false, keepsAll: Bool = true
    ) throws -> SQLiteRecordStore {
        let store = SQLiteRecordStore(directory: path)
        try write(numbers, to: store, repriced: repriced, keepsAll: keepsAll)
        return store
    }

    private func write(
        _ numbers: Range<Int>, to store: SQLiteRecordStore, repriced: Bool = false, keepsAll: Bool = true
    ) throws {
        for number in numbers {
            var record = Samples.record(number, at: Samples.start + Int64(number % 420) * 123_000_000)
            for place in record.attempts.indices where repriced && (keepsAll || number % 3 != 0) {
                record.attempts[place].cost = Self.price(record.attempts[place], record.startedAtUnixMicroseconds)
            }
            var item = Samples.stored(record)
            item.keepsRow = keepsAll || number % 3 != 0
            try store.write([item])
        }
    }

    private func sums(
        _ store: SQLiteRecordStore, by name: String, text: String? = nil, quantiles: Bool = false
    ) throws -> [[String]: Sums] {
        var filter = filter
        filter.text = text
        let dimensions = [try #require(RecordDimension(name))]
        let rows = try store.sums(SumQuery(filter, by: dimensions, quantiles: quantiles ? .all : []))
        return Dictionary(rows.map { ($0.values, $0.sums) }, uniquingKeysWith: { first, _ in first })
    }

    @Test(arguments: [false, true], [false, true])
    func everySumIsAsIfTheCallsHadAlwaysCostThat(_ seals: Bool, _ keepsAll: Bool) throws {
        let other = Folder()
        let store = try filled(folder.path, 0..<700, keepsAll: keepsAll)
        let expected = try filled(other.path, 0..<700, repriced: true, keepsAll: keepsAll)
        if seals {
            try store.seal(now: later)
            try expected.seal(now: later)
        }
        let (rows, days) = try store.reprice(filter, applies: true, now: later, price: Self.price)
        #expect(days == ["2026-11-23", "2026-11-24"])
        for name in RecordDimension.known where name != "cohort" {
            let isSame = try sums(store, by: name) == sums(expected, by: name)
            #expect(isSame, "by \(name)")
        }
        for (name, text) in [("provider", nil), ("feature", nil), ("provider", "asked"), ("tag.color", nil)] {
            let isSame =
                try sums(store, by: name, text: text, quantiles: true)
                == sums(expected, by: name, text: text, quantiles: true)
            #expect(isSame, "quantiles by \(name)")
        }
        let cost = try sums(expected, by: "upstream_model", text: "asked").values.reduce(Money.zero) { $0 + $1.cost }
        #expect(rows.reduce(.zero) { $0 + $1.after } == cost)
    }

    @Test func whatBreaksOffTellsTheDaysThatAreDone() throws {
        let store = try filled(folder.path, 0..<700)
        let second = try #require(folder.files(".sqlite").first { $0.contains("2026-11-24") })
        let day = try DatabaseQueue(path: second)
        try day.write {
            try $0.execute(
                sql: """
                    CREATE TRIGGER full BEFORE UPDATE ON records BEGIN SELECT RAISE(ABORT, 'full'); END
                    """)
        }
        try day.close()
        var done: [String] = []
        #expect(throws: StoreError.self) {
            try store.reprice(filter, applies: true, now: later, price: Self.price) { done.append($0) }
        }
        #expect(done == ["2026-11-23"])
    }

    @Test func aDryRunTellsTheSameAndWritesNothing() throws {
        let store = try filled(folder.path, 0..<300)
        let before = try sums(store, by: "provider", text: "asked", quantiles: true)
        let (told, days) = try store.reprice(filter, applies: false, now: later, price: Self.price)
        #expect(days.isEmpty)
        let after = try sums(store, by: "provider", text: "asked", quantiles: true)
        #expect(after == before)
        let (applied, _) = try store.reprice(filter, applies: true, now: later, price: Self.price)
        #expect(applied == told && told.contains { $0.changed > 0 })
        let (again, changedDays) = try store.reprice(filter, applies: true, now: later, price: Self.price)
        #expect(changedDays.isEmpty && again.allSatisfy { $0.changed == 0 && $0.before == $0.after })
    }

    @Test func tellsOfEachModelWhatWasAndWhatWillBe() throws {
        let store = SQLiteRecordStore(directory: folder.path)
        // Of these two, the first costs 0 and the second has no price.
        for number in [0, 7] { try store.write([Samples.stored(Samples.record(number))]) }
        let (rows, _) = try store.reprice(filter, applies: false, now: later) { attempt, time in
            #expect(time == Samples.start)
            return attempt.upstreamModel == "gpt-0" ? nil : Money(picoUSD: 5)
        }
        let first = try #require(rows.first { $0.model == "gpt-0" })
        #expect((first.attempts, first.changed, first.unpricedBefore, first.unpricedAfter) == (1, 1, 0, 1))
        let second = try #require(rows.first { $0.model == "gpt-1" })
        #expect(second.unpricedBefore == 1 && second.unpricedAfter == 0 && second.difference.picoUSD == 5)
    }

    @Test func onlyWhatFitsTheFilterChanges() throws {
        let store = try filled(folder.path, 0..<300)
        var some = filter
        some.terms = [.init(.provider, "first")]
        let before = try sums(store, by: "provider")
        _ = try store.reprice(some, applies: true, now: later) { _, _ in Money(picoUSD: 1) }
        let after = try sums(store, by: "provider")
        #expect(after[["second"]] == before[["second"]])
        #expect(after[["first"]]?.cost.picoUSD == Int128(after[["first"]]?.attempts ?? 0))
    }

    /// A server remembers sums between its batches; what another process wrote meanwhile must not be lost.
    @Test func aWriterThatHasTheFilesOpenGoesOnFromTheNewSums() throws {
        let server = try filled(folder.path, 0..<300)
        let command = SQLiteRecordStore(directory: folder.path)
        _ = try command.reprice(filter, applies: true, now: Samples.start, price: Self.price)
        // The same series in the same minutes.
        try write(420..<720, to: server)
        for name in ["provider", "feature", "upstream_model"] {
            let isSame =
                try sums(server, by: name, quantiles: true) == sums(server, by: name, text: "asked", quantiles: true)
            #expect(isSame, "by \(name)")
        }
    }
}
