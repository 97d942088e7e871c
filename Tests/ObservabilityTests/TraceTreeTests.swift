import Core
import Testing

@testable import Observability

@Suite struct TraceTreeTests {
    private let trace = TraceID(high: 7, low: 9)

    private func span(_ id: UInt64, under parent: UInt64?, project: String = "default") -> ApplicationSpan {
        ApplicationSpan(
            project: project, traceID: trace, spanID: SpanID(id), parentSpanID: parent.map(SpanID.init),
            name: "step \(id)", kind: "tool", startedAt: Int64(id), duration: 1)
    }

    private func call(_ id: UInt64, under parent: UInt64?, cost: Int128?) -> StoredRecord {
        var record = ExchangeRecord(
            id: ExchangeID(unixMilliseconds: 1, random: (id, id)), traceID: trace, spanID: SpanID(id),
            startedAtUnixMicroseconds: Int64(id))
        record.parentSpanID = parent.map(SpanID.init)
        var attempt = AttemptRecord(
            provider: "p", providerKind: "openai", upstreamModel: "m", region: "eu", spanID: SpanID(id + 1000),
            startedAfter: 0)
        attempt.usage.output = 10
        attempt.cost = cost.map { Money(picoUSD: $0) }
        record.attempts = [attempt]
        return StoredRecord(record: record)
    }

    private func tree(_ calls: [StoredRecord], _ spans: [ApplicationSpan]) -> TraceTree {
        var found = TraceSpans()
        found.spans = spans
        return TraceTree(calls: calls, spans: found)
    }

    @Test func everySubtreeHasTheSumOfItsCalls() throws {
        let tree = tree(
            [call(2, under: 1, cost: 5), call(4, under: 3, cost: 7), call(5, under: 1004, cost: nil)],
            [span(1, under: nil), span(3, under: 1), span(6, under: 77)])
        #expect(tree.sums.calls == 3 && tree.sums.unpriced == 1 && tree.sums.cost == Money(picoUSD: 12))
        #expect(tree.sums.usage.output == 30)
        let roots = tree.roots.map { tree.nodes[$0] }
        #expect(roots.map(\.content.name) == ["step 1", "step 6"])
        #expect(roots.map(\.sums.calls) == [3, 0])
        let inner = try #require(roots[0].children.map { tree.nodes[$0] }.last)
        #expect(inner.content.name == "step 3" && inner.sums.cost == Money(picoUSD: 7) && inner.sums.unpriced == 1)
        // A call that came through another gateway stands under the attempt that made it.
        let call = tree.nodes[inner.children[0]]
        #expect(call.children.map { tree.nodes[$0].content.spanID } == [SpanID(5)])
    }

    @Test func aRingIsCutAndNothingIsLost() {
        let tree = tree(
            [call(4, under: 3, cost: 1)],
            [span(1, under: 2), span(2, under: 3), span(3, under: 1), span(5, under: 5), span(6, under: 2)])
        #expect(shown(tree) == 6)
        #expect(tree.sums.cost == Money(picoUSD: 1) && tree.roots.count == 2)
    }

    @Test func whatIsDeeperThanIsShownStandsAtTheLastLevel() {
        let count: UInt64 = 10_000
        let spans = (1...count).map { span($0, under: $0 == 1 ? nil : $0 - 1) }
        let tree = tree([call(count + 1, under: count, cost: 3)], spans)
        #expect(tree.roots.count == 1 && shown(tree) == Int(count) + 1)
        var depth = 1
        var place = tree.roots[0]
        while let child = tree.nodes[place].children.first {
            #expect(tree.nodes[place].sums.cost == Money(picoUSD: 3))
            place = child
            depth += 1
        }
        #expect(depth == TraceTree.depthMax)
    }

    @Test func projectsAreNotMixed() {
        let tree = tree([], [span(1, under: nil), span(2, under: 1, project: "elsewhere")])
        #expect(tree.roots.count == 2)
    }

    private func shown(_ tree: TraceTree) -> Int {
        var places = tree.roots
        var count = 0
        while let place = places.popLast() {
            count += 1
            places += tree.nodes[place].children
        }
        return count
    }
}
