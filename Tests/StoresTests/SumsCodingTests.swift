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

    private func added(_ counts: [UInt8], _ sketches: [UInt8], to sums: Sums) -> (sums: Sums, isSound: Bool) {
        var sums = sums
        let isSound = counts.withUnsafeBytes { counts in
            sketches.withUnsafeBytes { sums.addRow(counts: counts, sketches: $0) }
        }
        return (sums, isSound)
    }

    @Test func areAddedWhole() {
        var both = sums(0..<20)
        both += sums(20..<300)
        let found = added(sums(20..<300).encodedCounts, sums(20..<300).encodedSketches, to: sums(0..<20))
        #expect(found.sums == both && found.isSound)
    }

    @Test func whatIsCutAddsNothing() {
        let (before, other) = (sums(0..<20), sums(20..<300))
        let (counts, sketches) = (other.encodedCounts, other.encodedSketches)
        // An older program's row ends before the time in the gateway: cut there, it is whole.
        let older = counts.count - timeBytes(of: other)
        for length in 0..<counts.count where length != older {
            let found = added(Array(counts.prefix(length)), sketches, to: before)
            #expect(found.sums == before && !found.isSound, "cut after \(length) bytes")
        }
        for length in 0..<sketches.count {
            let found = added(counts, Array(sketches.prefix(length)), to: before)
            #expect(found.sums == before && !found.isSound, "cut after \(length) bytes")
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
                var (found, isSound) = added(bytes, other.encodedSketches, to: before)
                #expect(isSound || found == before)
                for _ in 0..<3 { found += found }
            }
        }
        for (place, _) in other.encodedSketches.enumerated() {
            for bits in [0x80, 0xFF, 0x01, 0x40] as [UInt8] {
                var bytes = other.encodedSketches
                bytes[place] ^= bits
                var (found, isSound) = added(other.encodedCounts, bytes, to: before)
                #expect(isSound || found == before)
                found += found
                _ = found.latency.quantile(0.5)
            }
        }
        let huge = [UInt8](repeating: 0xFF, count: 9) + [0x01]
        let counts: [UInt8] = [1, 1, 0, 0, 1] + huge + huge.prefix(8) + [0x7F, 0]
        #expect(added(counts, other.encodedSketches, to: before).sums == before)
    }
}
