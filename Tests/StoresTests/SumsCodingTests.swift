import Core
import GRDB
import Testing

@testable import Stores

/// Sums as bytes, sound and damaged.
@Suite struct SumsCodingTests {
    private func sums(_ numbers: Range<Int>) -> Sums {
        numbers.reduce(into: Sums()) { sums, number in
            var record = Samples.record(number)
            record.gatewayTime = Int64(number) * 1000
            for (place, attempt) in record.attempts.enumerated() {
                sums.add(record, attempt, isLast: place == record.attempts.count - 1)
            }
        }
    }

    private func added(_ counts: [UInt8], _ sketches: [UInt8], to sums: Sums) -> (sums: Sums, isSound: [Bool]) {
        var sums = sums
        let isSound = [
            counts.withUnsafeBytes { sums.addCounts($0) }, sketches.withUnsafeBytes { sums.addSketches($0) },
        ]
        return (sums, isSound)
    }

    @Test func areAddedWhole() {
        var both = sums(0..<20)
        both += sums(20..<300)
        let found = added(sums(20..<300).encodedCounts, sums(20..<300).encodedSketches, to: sums(0..<20))
        #expect(found.sums == both && found.isSound == [true, true])
    }

    @Test func whatIsCutAddsNothing() {
        let (before, other) = (sums(0..<20), sums(20..<300))
        let (counts, sketches) = (other.encodedCounts, other.encodedSketches)
        // An older program's row ends before the time in the gateway: cut there, it is whole.
        let older = counts.count - timeBytes(of: other)
        for length in 0..<counts.count where length != older {
            let found = added(Array(counts.prefix(length)), [], to: before)
            #expect(found.sums == before && found.isSound == [false, false], "cut after \(length) bytes")
        }
        for length in 0..<sketches.count {
            let found = added([], Array(sketches.prefix(length)), to: before)
            #expect(found.sums == before && found.isSound == [false, false], "cut after \(length) bytes")
        }
    }

    private func timeBytes(of sums: Sums) -> Int {
        var bytes: [UInt8] = []
        bytes.appendVarint(UInt64(sums.gateway))
        bytes.appendVarint(UInt64(sums.gatewayRequests))
        return bytes.count
    }

    /// Whatever a byte becomes, sums are added whole or not at all, and adding them up does not stop the program.
    @Test func whatIsDamagedAddsAllOrNothing() {
        let (before, other) = (sums(0..<20), sums(20..<60))
        for (place, _) in other.encodedCounts.enumerated() {
            for bits in [0x80, 0xFF, 0x01, 0x40] as [UInt8] {
                var bytes = other.encodedCounts
                bytes[place] ^= bits
                var (found, isSound) = added(bytes, [], to: before)
                #expect(isSound[0] || found == before)
                for _ in 0..<3 { found += found }
            }
        }
        for (place, _) in other.encodedSketches.enumerated() {
            for bits in [0x80, 0xFF, 0x01, 0x40] as [UInt8] {
                var bytes = other.encodedSketches
                bytes[place] ^= bits
                var (found, isSound) = added([], bytes, to: before)
                #expect(isSound[1] || found == before)
                found += found
                _ = found.latency.quantile(0.5)
            }
        }
        let huge = [UInt8](repeating: 0xFF, count: 9) + [0x01]
        #expect(added([1, 1, 0, 0, 1] + huge + huge.prefix(8) + [0x7F, 0], [], to: before).sums == before)
    }

    /// A damaged row of sums takes nothing of itself into an answer.
    @Test func aDamagedRowIsLeftOutOfAnAnswer() throws {
        let folder = Folder()
        let store = SQLiteRecordStore(directory: folder.path)
        try store.write([Samples.stored(Samples.record(1)), Samples.stored(Samples.record(2))])
        let file = try DatabaseQueue(path: try #require(folder.files(".sqlite").first))
        try file.write { database in
            try database.execute(
                sql: "UPDATE rollups SET counts = substr(counts, 1, 4) WHERE series = 1")
        }
        try file.close()
        let day = RecordFilter(since: Samples.start, until: Samples.start + 60_000_000)
        let sums = try store.sums(SumQuery(day, by: []))
        #expect(sums.map(\.sums.requests) == [1] && sums.first?.sums.usage == Samples.record(2).usage)
    }
}
