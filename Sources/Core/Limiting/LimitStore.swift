/// What was used under one rule by one combination of its dimensions' values, in the form that outlives the program.
public struct SavedLimit: Sendable, Equatable {
    public struct Rate: Sendable, Equatable {
        public let id: RateLimit.ID
        /// In the rate's unit.
        public let used: Int64
        /// When so much was used: from then on it comes back. Microseconds since 1970.
        public let at: Int64

        public init(id: RateLimit.ID, used: Int64, at: Int64) {
            self.id = id
            self.used = used
            self.at = at
        }
    }

    public struct Spent: Sendable, Equatable {
        /// The beginning of the slot in which it was spent, in microseconds since 1970.
        public let slot: Int64
        public let amount: Money

        public init(slot: Int64, amount: Money) {
            self.slot = slot
            self.amount = amount
        }
    }

    /// The rule's.
    public let rule: String
    public let owner: String
    public let values: String
    public var rates: [Rate]
    public var spent: [Spent]

    public init(rule: String, owner: String, values: String, rates: [Rate] = [], spent: [Spent] = []) {
        self.rule = rule
        self.owner = owner
        self.values = values
        self.rates = rates
        self.spent = spent
    }

    /// Nothing counts any longer.
    public var isEmpty: Bool { rates.isEmpty && spent.isEmpty }
}

/// Keeps what was used over restarts. Called off the path.
public protocol LimitStore: Sendable {
    /// - Parameter since: microseconds since 1970; what was used before counts under no rule, and is forgotten.
    func limits(since: Int64) throws(StoreError) -> [SavedLimit]
    /// Each replaces what was kept of it; an empty one is forgotten.
    func save(_ limits: [SavedLimit]) throws(StoreError)
}
