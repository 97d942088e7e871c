import Core
import Foundation
import Stores

/// What people ask, each some times over, and how long the median answer takes.
struct Questions {
    let store: SQLiteRecordStore
    let calls: Calls

    private var month: RecordFilter { RecordFilter(since: calls.start, until: calls.end) }
    private var daily: [Int64] { (0...calls.days).map { calls.start + Int64($0) * Calls.day } }
    private var hourly: [Int64] { (0...calls.days * 24).map { calls.start + Int64($0) * 3_600_000_000 } }

    func measure() throws {
        let page = try store.page(RecordQuery(month)).records
        guard page.count == 50 else { throw Wrong("the newest page has \(page.count) records") }
        try pages()
        try sums()
        try ask("deleting a day", aim: "<= 100", times: 1) {
            _ = try store.retain(days: calls.days, bytes: .max, now: calls.end + 3_600_000_000)
        }
    }

    private func pages() throws {
        try ask("newest page of 50", aim: "<= 100") { _ = try store.page(RecordQuery(month)) }
        try ask("one request", aim: "<= 100") {
            guard try store.record(calls.id(calls.count / 2)) != nil else { throw Wrong("the request is not there") }
        }
        var filtered = month
        filtered.terms = [.init(.feature, "feature-3"), .init(.outcome, "error")]
        try ask("page of one feature's errors", aim: "<= 2000") { _ = try store.page(RecordQuery(filtered)) }
        var rare = month
        rare.terms = [.init(.user, "user-77")]
        try ask("page of one user's calls", aim: "<= 2000") { _ = try store.page(RecordQuery(rare)) }
    }

    private func sums() throws {
        let total = try store.sums(SumQuery(month, by: [])).first?.sums.requests
        guard total == calls.count / calls.days * calls.days else { throw Wrong("the sums count \(total ?? 0)") }
        try ask("cost of 30 days by feature", aim: "<= 100") { _ = try store.sums(SumQuery(month, by: [.feature])) }
        try ask("by feature and model, a day a step", aim: "<= 100") {
            _ = try store.sums(SumQuery(month, by: [.feature, .model], steps: daily))
        }
        try ask("by model with quantiles, an hour a step", aim: "<= 100") {
            _ = try store.sums(SumQuery(month, by: [.model], steps: hourly, quantiles: .all))
        }
        try ask("by feature over an odd span of minutes", aim: "<= 100") {
            let odd = RecordFilter(since: calls.start + 7_777_000_000, until: calls.end - 4_444_000_000)
            _ = try store.sums(SumQuery(odd, by: [.feature]))
        }
        try ask("by user", aim: "<= 2000") { _ = try store.sums(SumQuery(month, by: [.user])) }
        var one = month
        one.terms = [.init(.user, "user-77")]
        try ask("one user's cost by model", aim: "<= 2000") { _ = try store.sums(SumQuery(one, by: [.model])) }
        let lastDay = RecordFilter(since: calls.end - Calls.day, until: calls.end)
        try ask("the last day by minute", aim: "<= 100") {
            let steps = (0...1440).map { calls.end - Calls.day + Int64($0) * 60_000_000 }
            _ = try store.sums(SumQuery(lastDay, by: [], steps: steps))
        }
    }

    private func ask(_ what: String, aim: String, times: Int = 7, _ body: () throws -> Void) throws {
        let clock = ContinuousClock()
        let durations = try (0..<times).map { _ in try clock.measure { try body() } }.sorted()
        History.row(what, "ms", durations[times / 2] / .milliseconds(1), aim)
    }
}

/// The store does not have what was written, so that no time of it counts.
struct Wrong: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
