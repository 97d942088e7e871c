import Core
import Testing

@Suite struct QuantileSketchTests {
    private func values(_ seed: UInt64, _ count: Int) -> [Int64] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(state >> 33) >> Int64(state & 31)
        }
    }

    private func sketch(_ values: [Int64]) -> QuantileSketch {
        var sketch = QuantileSketch()
        for value in values { sketch.add(value) }
        return sketch
    }

    @Test(arguments: [0.0, 0.5, 0.9, 0.95, 0.99, 1.0]) func isWithinOnePercent(_ share: Double) throws {
        let values = values(7, 5000)
        let exact = Double(values.sorted()[Int((share * 4999).rounded(.down))])
        let told = try #require(sketch(values).quantile(share))
        #expect(abs(told - exact) <= exact * 0.0101)
    }

    @Test func mergesIntoTheSketchOfBothInAnyOrder() {
        let parts = (1...5).map { values(UInt64($0), 400) }
        let whole = sketch(parts.flatMap { $0 })
        for order in [[0, 1, 2, 3, 4], [4, 2, 0, 1, 3]] {
            var merged = QuantileSketch()
            for place in order { merged.merge(sketch(parts[place])) }
            #expect(merged == whole)
        }
    }

    @Test func whatIsTakenOutWasNeverThere() {
        let (stay, go) = (values(5, 300) + [0, 0], values(6, 300) + [0, -1])
        var sketch = sketch(stay + go)
        for value in go.shuffled() { sketch.remove(value) }
        #expect(sketch == self.sketch(stay))
        sketch.remove(.max)
        #expect(sketch == self.sketch(stay))
    }

    @Test func isTheSameAfterItsBytes() {
        for count in [0, 1, 3000] {
            let before = sketch(values(3, count))
            #expect(before.encoded.withUnsafeBytes { QuantileSketch($0) } == before)
        }
    }

    @Test func takesNoBytesThatAreNoSketch() {
        let bytes = sketch(values(3, 300)).encoded
        for cut in 0..<bytes.count {
            #expect(bytes[..<cut].withUnsafeBytes { QuantileSketch($0) } == nil)
        }
        #expect([UInt8]([0, 2, 4, 1, 0, 1]).withUnsafeBytes { QuantileSketch($0) } == nil)
    }

    @Test func saysNothingOfNothing() { #expect(QuantileSketch().quantile(0.5) == nil) }
}
