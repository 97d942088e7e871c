import Core
import NIOCore

/// What happened in a simulation, as a number that two runs can be compared by, and on request as lines to read.
package final class SimulationTrace {
    private let loop: VirtualLoop
    private let tell: ((String) -> Void)?
    /// In the manner of FNV-1a, over all events, with their times.
    package private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    package private(set) var eventCount = 0

    init(_ loop: VirtualLoop, tell: ((String) -> Void)?) {
        self.loop = loop
        self.tell = tell
    }

    /// - Parameters:
    ///   - who: whose event it is.
    ///   - number: tells apart events of the same kind.
    func note(_ who: String, _ what: @autoclosure () -> String, _ number: Int = 0) {
        eventCount += 1
        mix(loop.now.uptimeNanoseconds)
        mix(UInt64(bitPattern: Int64(number)))
        let text = what()
        mix(who)
        mix(text)
        guard let tell else { return }
        let microseconds = (loop.now.uptimeNanoseconds - 1_000_000_000) / 1000
        let fraction = String(microseconds % 1_000_000 + 1_000_000).dropFirst()
        let name = who.padded(to: 10)
        tell("\(microseconds / 1_000_000).\(fraction)  \(name) \(text)")
    }

    /// Bytes that went over a wire.
    func mix(_ bytes: ByteBuffer) { bytes.withUnsafeReadableBytes { mix($0) } }

    private func mix(_ text: String) {
        var text = text
        text.withUTF8 { mix(UnsafeRawBufferPointer($0)) }
    }

    private func mix(_ word: UInt64) { digest = (digest ^ word) &* 0x0000_0100_0000_01B3 }

    private func mix(_ bytes: UnsafeRawBufferPointer) {
        var place = 0
        while place + 8 <= bytes.count {
            mix(bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            place += 8
        }
        while place < bytes.count {
            mix(UInt64(bytes[place]))
            place += 1
        }
    }
}

extension String {
    fileprivate func padded(to count: Int) -> String {
        self + String(repeating: " ", count: max(0, count - self.count))
    }
}

/// The simulation's chance. A class, so that all who draw from it draw from one row of numbers.
package final class SimulationRandom {
    private var source: RandomSource

    init(seed: UInt64) { source = RandomSource(seed: seed) }

    func word() -> UInt64 { source.next() }
    func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &source) }
    func chance(_ percent: Int) -> Bool { int(0...99) < percent }

    func one<Element>(of elements: [Element]) -> Element {
        precondition(!elements.isEmpty, "nothing to choose from")
        return elements[int(0...elements.count - 1)]
    }

    /// Microseconds in a range, as a time.
    func microseconds(_ range: ClosedRange<Int>) -> TimeAmount { .microseconds(Int64(int(range))) }
}
