import Core
import Foundation
import Hummingbird
import Observability

/// Reads the parameters of a query strictly: what is not known is refused, so that a misspelt filter is no wider one.
struct QueryParameters {
    private var values: [(name: String, value: String)] = []

    init(_ request: Request, allowing names: Set<String>) throws {
        for (name, value) in request.uri.queryParameters {
            let name = Self.decoded(name)
            guard names.contains(name) || Self.leasts.contains(name) || RecordFilter.Term(name: name, value: "") != nil
            else {
                throw AdminError.invalid(
                    "The parameter '\(name)' is not known; there are "
                        + (names.sorted() + Self.leasts + RecordDimension.known).joined(separator: ", ")
                        + " and tag.NAME; NAME! leaves a value out.")
            }
            values.append((name, String(value)))
        }
    }

    /// For what is no listing of records: dimensions are no parameters there.
    init(_ request: Request, only names: Set<String>) throws {
        for (name, value) in request.uri.queryParameters {
            let name = Self.decoded(name)
            guard names.contains(name) else {
                throw AdminError.invalid(
                    "The parameter '\(name)' is not known; there are \(names.sorted().joined(separator: ", ")).")
            }
            values.append((name, String(value)))
        }
    }

    /// Names come as they are written in the URL; values do not.
    private static func decoded(_ name: Substring) -> String { String(name).removingPercentEncoding ?? String(name) }

    func value(_ name: String) -> String? { values.last { $0.name == name }?.value }

    func integer(_ name: String, in range: ClosedRange<Int>, default standard: Int) throws -> Int {
        guard let text = value(name) else { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw AdminError.invalid("'\(name)' must be a number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    func flag(_ name: String) throws -> Bool {
        switch value(name) {
        case nil, "false": return false
        case "true": return true
        default: throw AdminError.invalid("'\(name)' must be true or false.")
        }
    }

    func zone() throws -> TimeZone {
        let name = value("tz") ?? "UTC"
        guard let zone = TimeZone(identifier: name) else {
            throw AdminError.invalid("There is no time zone '\(name)'; name one as Europe/Paris or UTC.")
        }
        return zone
    }

    /// - Parameter standard: how far back it goes when nothing is said.
    /// - Parameter cohorts: whether the users' cohorts are joined in; elsewhere nothing is known of them.
    func filter(since standard: String, cohorts: Bool = false) throws -> RecordFilter {
        guard cohorts || !values.contains(where: { ["cohort", "cohort!"].contains($0.name) }) else {
            throw AdminError.invalid("'cohort' is no filter here; /api/v1/costs and /api/v1/metrics know it.")
        }
        let now = WallClock.unixMicroseconds()
        let zone = try zone()
        func time(_ name: String, _ text: String) throws -> Int64 {
            guard let time = Timestamp.parse(text, now: now, in: zone) else {
                throw AdminError.invalid("'\(name)' must be a time of RFC 3339, a day, or 15m, 24h, 7d.")
            }
            return time
        }
        let since = try time("since", value("since") ?? standard)
        let until = try value("until").map { try time("until", $0) } ?? now + 1_000_000
        guard since < until else { throw AdminError.invalid("'since' is not before 'until'.") }
        var filter = RecordFilter(since: since, until: until, text: value("text"))
        for (name, value) in values {
            if let term = RecordFilter.Term(name: name, value: value) { filter.terms.append(try Self.checked(term)) }
        }
        filter.durationMin = try least("duration_ms_min").map { Int64($0 * 1_000_000) }
        filter.firstTokenMin = try least("time_to_first_token_ms_min").map { Int64($0 * 1_000_000) }
        filter.costMin = try least("cost_usd_min").map { Money(picoUSD: Int128($0 * 1e12)) }
        return filter
    }

    /// A value that no call can have would be a filter that says nothing, or something else.
    private static func checked(_ term: RecordFilter.Term) throws -> RecordFilter.Term {
        let problem: String? =
            switch term.dimension {
            case .streamed where !["true", "false"].contains(term.value): "'streamed' is true or false."
            case .outcome where Outcome(rawValue: term.value) == nil:
                "'outcome' is one of \(Outcome.allCases.map(\.rawValue).joined(separator: ", "))."
            case .status where Int(term.value).map({ "\($0)" != term.value }) ?? true: "'status' is a number."
            default: nil
            }
        if let problem { throw AdminError.invalid(problem) }
        return term
    }

    /// Parameters that leave out what is less.
    private static let leasts = ["cost_usd_min", "duration_ms_min", "time_to_first_token_ms_min"]

    private func least(_ name: String) throws -> Double? {
        guard let text = value(name) else { return nil }
        guard let number = Double(text), (0...1e9).contains(number) else {
            throw AdminError.invalid("'\(name)' must be a number from 0 to 1000000000.")
        }
        return number
    }

    func dimensions() throws -> [RecordDimension] { try dimensions("by", in: value("by") ?? "") }

    func dimensions(_ parameter: String, in list: String) throws -> [RecordDimension] {
        let names = list.split(separator: ",")
        guard Set(names).count == names.count else { throw AdminError.invalid("'\(parameter)' names one twice.") }
        return try names.map { name in
            guard let dimension = RecordDimension(name) else {
                throw AdminError.invalid(
                    "'\(parameter)': there is no dimension '\(name)'; there are "
                        + RecordDimension.known.joined(separator: ", ") + " and tag.NAME.")
            }
            return dimension
        }
    }

    /// All where none is named.
    func metrics() throws -> Set<SumMetric> {
        guard let list = value("metric") else { return Set(SumMetric.allCases) }
        return Set(
            try list.split(separator: ",", omittingEmptySubsequences: false).map { name in
                guard let metric = SumMetric(rawValue: String(name)) else {
                    throw AdminError.invalid(
                        "'metric': there is no metric '\(name)'; there are "
                            + SumMetric.allCases.map(\.rawValue).joined(separator: ", ") + ".")
                }
                return metric
            })
    }

    func step() throws -> SumReport.Step? {
        guard let text = value("step") else { return nil }
        guard let step = SumReport.Step(text) else {
            throw AdminError.invalid("'step' must be a number of minutes or hours (15m, 1h), or day, week, month.")
        }
        return step
    }
}
