/// What somebody, or an evaluation, thinks of an answer.
public struct Feedback: Sendable, Equatable {
    public enum Value: Sendable, Equatable {
        case number(Double)
        case flag(Bool)
        case category(String)
    }

    public var project: String
    public var key: String?
    /// Of the call; nil: of the whole trace.
    public var request: ExchangeID?
    public var trace: TraceID
    public var name: String
    public var value: Value
    public var label: String?
    public var comment: String?
    public var correction: String?
    /// Microseconds since 1970.
    public var at: Int64

    public init(
        project: String, key: String?, request: ExchangeID?, trace: TraceID, name: String, value: Value,
        label: String?, comment: String?, correction: String?, at: Int64
    ) {
        self.project = project
        self.key = key
        self.request = request
        self.trace = trace
        self.name = name
        self.value = value
        self.label = label
        self.comment = comment
        self.correction = correction
        self.at = at
    }
}

/// Feedback of one name, over calls.
public struct FeedbackRow: Sendable, Equatable {
    public var values: [String]
    public var name: String
    public var count: Int
    /// Of numbers, and of flags as 0 and 1; nil for categories.
    public var mean: Double?
    /// How often each category was given.
    public var categories: [String: Int]

    public init(values: [String], name: String, count: Int, mean: Double?, categories: [String: Int]) {
        self.values = values
        self.name = name
        self.count = count
        self.mean = mean
        self.categories = categories
    }
}

/// Keeps what comes after calls. All calls block.
public protocol FeedbackStore: Sendable {
    func write(_ feedback: Feedback) throws(StoreError)
    /// What was said of one call, the oldest first; not of its trace as a whole. A flag comes back as the number
    /// 1 or 0.
    func feedback(of request: ExchangeID) throws(StoreError) -> [Feedback]
    /// By any dimension of the calls it is about.
    func feedback(by dimensions: [RecordDimension], _ filter: RecordFilter) throws(StoreError) -> [FeedbackRow]
}
