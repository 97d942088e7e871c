import Core
import Stores
import Testing

@testable import Observability

/// What is shown of calls as they end, by the times that are asked for.
@Suite struct RecordTailTests {
    private let folder = Folder()
    private let store: SQLiteRecordStore
    private let minute: Int64 = 60_000_000

    /// A call a minute, over three hours.
    init() throws {
        store = SQLiteRecordStore(directory: folder.path)
        try store.write(
            (0..<180).map { Samples.stored(Samples.record($0, at: Samples.start + Int64($0) * 60_000_000)) })
    }

    private func filter(_ since: Int64, _ until: Int64) -> RecordFilter {
        RecordFilter(since: Samples.start + since * minute, until: Samples.start + until * minute)
    }

    /// The minutes of calls that a look at a minute shows; nil: it is over.
    private func look(_ tail: inout RecordTail, at now: Int64) throws -> [Int64]? {
        try tail.next(from: store, now: Samples.start + now * minute)?.map {
            ($0.record.startedAtUnixMicroseconds - Samples.start) / minute
        }
    }

    private func caughtUp(_ tail: inout RecordTail, at now: Int64) throws -> [Int64] {
        var shown: [Int64] = []
        repeat { shown += try look(&tail, at: now) ?? [] } while tail.isCatchingUp
        return shown
    }

    private func add(_ number: Int, at time: Int64) throws {
        try store.write([Samples.stored(Samples.record(number, at: Samples.start + time * minute + 1))])
    }

    @Test func beginsNowWhereNothingIsSaid() throws {
        var tail = RecordTail(filter(0, 181), since: .now, until: .stopped)
        #expect(try look(&tail, at: 180) == [])
        try add(1000, at: 175)
        #expect(try look(&tail, at: 181) == [175])
        #expect(try look(&tail, at: 181) == [])
    }

    @Test(arguments: [(5, 175), (60, 100)]) func beginsAtSinceOldestFirstAndGoesOn(_ ago: Int64, _ now: Int64) throws {
        var tail = RecordTail(filter(now - ago, now), since: .filter, until: .stopped)
        #expect(try caughtUp(&tail, at: now) == Array(now - ago...now))
        try add(1000, at: now - ago + 1)
        try add(1001, at: now)
        // What ends now and began within reach is shown, and before the asked time nothing is.
        try add(1002, at: now - ago - 1)
        let late = ago < 10 ? [now - ago + 1] : []
        #expect(try look(&tail, at: now) == late + [now])
    }

    @Test func stopsAtUntil() throws {
        var past = RecordTail(filter(60, 90), since: .filter, until: .filter)
        var shown: [Int64] = []
        while let found = try look(&past, at: 180) { shown += found }
        #expect(shown == Array(60..<90))

        var future = RecordTail(filter(0, 185), since: .now, until: .filter)
        #expect(try look(&future, at: 180) == [])
        try add(1000, at: 182)
        try add(1001, at: 186)
        #expect(try look(&future, at: 186) == [182])
        #expect(try look(&future, at: 186) == nil)
    }

    /// More calls within a second than a look has room for.
    @Test(arguments: [170, 60]) func leavesOutNothingOfABusyTime(_ ago: Int64) throws {
        let count = 2 * Limits.pageRecordsMax + 300
        let time = Samples.start + (180 - ago) * minute
        try store.write(
            (0..<count).map { Samples.stored(Samples.record(1000 + $0, at: time + Int64($0) * 20 + 1)) })
        var tail = RecordTail(filter(180 - ago, 181), since: .filter, until: .stopped)
        tail.pagesMax = 1
        var shown: [Int64] = []
        repeat {
            shown +=
                try tail.next(from: store, now: Samples.start + 180 * minute)?
                .map { $0.record.startedAtUnixMicroseconds } ?? []
        } while tail.isCatchingUp
        #expect(shown.count == count + Int(ago))
        #expect(shown.map { $0 / 1000 } == shown.map { $0 / 1000 }.sorted())
    }
}
