/// Which records are meant. Times are microseconds since 1970, by when an exchange began.
public struct RecordFilter: Sendable, Equatable {
    public var since: Int64
    /// Not itself.
    public var until: Int64
    /// Every one must hold. An empty value asks for records that have none.
    public var terms: [Term] = []
    /// Words that stand in what was asked or answered, as far as the previews go.
    public var text: String?
    /// Nanoseconds that a call took at the least.
    public var durationMin: Int64?
    /// Nanoseconds until a call's first token at the least.
    public var firstTokenMin: Int64?
    /// What a call cost at the least, all of its attempts together.
    public var costMin: Money?

    public struct Term: Sendable, Equatable {
        public var dimension: RecordDimension
        public var value: String
        /// Whether all other values are meant.
        public var isExcluded: Bool

        public init(_ dimension: RecordDimension, _ value: String, isExcluded: Bool = false) {
            self.dimension = dimension
            self.value = value
            self.isExcluded = isExcluded
        }

        /// - Parameter name: a dimension's, or `NAME!` for all other values; nil for anything else.
        public init?(name: some StringProtocol, value: String) {
            let isExcluded = name.hasSuffix("!")
            guard let dimension = RecordDimension(isExcluded ? name.dropLast() : name[...]) else { return nil }
            self.init(dimension, value, isExcluded: isExcluded)
        }

        public func fits(_ text: String) -> Bool { (text == value) != isExcluded }
    }

    /// Whole minutes, as sums count them: two times that meet have no call in common then.
    public var inWholeMinutes: RecordFilter {
        var filter = self
        filter.since = since / 60_000_000 * 60_000_000
        filter.until = (until + 59_999_999) / 60_000_000 * 60_000_000
        return filter
    }

    /// The time of the same length just before.
    public var before: RecordFilter {
        var filter = self
        filter.since = since - (until - since)
        filter.until = since
        return filter
    }

    /// Whether it asks for more than values of dimensions: then each record is looked at.
    public var asksRows: Bool { text != nil || durationMin != nil || firstTokenMin != nil || costMin != nil }

    public init(since: Int64, until: Int64, terms: [Term] = [], text: String? = nil) {
        self.since = since
        self.until = until
        self.terms = terms
        self.text = text
    }
}

/// A page of records, newest first.
public struct RecordQuery: Sendable {
    public var filter: RecordFilter
    public var limit: Int
    /// The `next` of the page before.
    public var cursor: String?

    public init(_ filter: RecordFilter, limit: Int = 50, cursor: String? = nil) {
        self.filter = filter
        self.limit = limit
        self.cursor = cursor
    }
}

public struct RecordPage: Sendable {
    public var records: [StoredRecord]
    /// Where the next page begins; nil: this is the last.
    public var next: String?

    public init(records: [StoredRecord], next: String?) {
        self.records = records
        self.next = next
    }
}

/// A record as the store has it.
public struct StoredRecord: Sendable {
    /// Without bodies: those are asked for one by one.
    public var record: ExchangeRecord
    /// The beginnings of what was asked and answered.
    public var requestPreview: String?
    public var responsePreview: String?

    public init(record: ExchangeRecord, requestPreview: String? = nil, responsePreview: String? = nil) {
        self.record = record
        self.requestPreview = requestPreview
        self.responsePreview = responsePreview
    }
}

/// What is summed up, and how it is cut.
public struct SumQuery: Sendable {
    public var filter: RecordFilter
    public var dimensions: [RecordDimension]
    /// Where the steps begin and end, in microseconds since 1970: n + 1 instants for n steps; empty: one sum. A
    /// calendar (days of a time zone) makes these; the store knows none.
    public var steps: [Int64]
    public var quantiles: SumQuantiles

    public init(
        _ filter: RecordFilter, by dimensions: [RecordDimension], steps: [Int64] = [], quantiles: SumQuantiles = []
    ) {
        self.filter = filter
        self.dimensions = dimensions
        self.steps = steps
        self.quantiles = quantiles
    }
}

/// Of what quantiles are wanted: each costs time.
public struct SumQuantiles: OptionSet, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let latency = SumQuantiles(rawValue: 1)
    public static let firstToken = SumQuantiles(rawValue: 2)
    public static let costs = SumQuantiles(rawValue: 4)
    public static let outputTokens = SumQuantiles(rawValue: 8)
    public static let all: SumQuantiles = [.latency, .firstToken, .costs, .outputTokens]
}

public struct SumRow: Sendable {
    /// In the order of the query's dimensions; empty where there is none.
    public var values: [String]
    /// The beginning of its step.
    public var step: Int64?
    public var sums: Sums
    /// Whether it stands for all groups that are not shown by themselves; then its values say nothing.
    public var isRest = false

    public init(values: [String], step: Int64?, sums: Sums, isRest: Bool = false) {
        self.values = values
        self.step = step
        self.sums = sums
        self.isRest = isRest
    }
}

/// What is added up over calls. All of it is exact but the sketches.
///
/// The grain is the attempt: each counts for its own provider; an exchange counts as one request, where its last
/// attempt stands.
public struct Sums: Sendable, Equatable {
    public var requests = 0
    public var attempts = 0
    /// Requests that did not end well, those of clients that left aside.
    public var errors = 0
    /// Attempts whose price is unknown.
    public var unpriced = 0
    public var usage = TokenUsage()
    public var cost = Money.zero
    /// Nanoseconds, over requests.
    public var duration: Int64 = 0
    /// Nanoseconds of it in the gateway itself, over the requests of which it is known.
    public var gateway: Int64 = 0
    public var gatewayRequests = 0
    /// Microseconds.
    public var latency = QuantileSketch()
    /// Microseconds.
    public var firstToken = QuantileSketch()
    /// Units of 1e-8 dollars, of requests whose cost is known.
    public var costs = QuantileSketch()
    public var outputTokens = QuantileSketch()

    public init() {}

    public static func + (a: Sums, b: Sums) -> Sums {
        var sum = a
        sum += b
        return sum
    }

    public static func += (a: inout Sums, b: Sums) {
        a.requests.addSaturating(b.requests)
        a.attempts.addSaturating(b.attempts)
        a.errors.addSaturating(b.errors)
        a.unpriced.addSaturating(b.unpriced)
        a.usage += b.usage
        a.cost += b.cost
        a.duration.addSaturating(b.duration)
        a.gateway.addSaturating(b.gateway)
        a.gatewayRequests.addSaturating(b.gatewayRequests)
        a.latency.merge(b.latency)
        a.firstToken.merge(b.firstToken)
        a.costs.merge(b.costs)
        a.outputTokens.merge(b.outputTokens)
    }
}
