/// The prices of one model from a day on, as a list states them.
public struct PriceEntry: Sendable, Equatable {
    /// Prices that count instead of the usual ones, for the whole call.
    public struct Schedule: Sendable, Equatable {
        /// Counts for calls that were served so.
        public var tier: ServiceTier?
        /// Counts for calls with more input than this, in tokens; reads and writes of the cache are input too.
        public var above: Int
        public var rates: Rates

        public init(tier: ServiceTier? = nil, above: Int = 0, rates: Rates) {
            self.tier = tier
            self.above = above
            self.rates = rates
        }
    }

    /// What the prices of tokens are multiplied by in a region, as an exact fraction.
    public struct RegionFactor: Sendable, Equatable {
        /// `eu` stands for `eu-west-1` too; `*` stands for every region but `global` and `default`.
        public var region: String
        public var numerator: Int64
        public var denominator: Int64

        public init(region: String, numerator: Int64, denominator: Int64) {
            self.region = region
            self.numerator = numerator
            self.denominator = denominator
        }
    }

    /// Whose list it stands in: the word of a provider's kind; in the configuration also a provider's name.
    public var owner: String
    /// A trailing `*` stands for any rest.
    public var model: String
    /// Microseconds since 1970; nil: since ever.
    public var from: Int64?
    public var rates: Rates
    public var schedules: [Schedule]
    /// When the schedule of the tier `offPeak` counts.
    public var offPeakWindows: [WeekWindow]
    public var regionFactors: [RegionFactor]

    public init(
        owner: String, model: String, from: Int64? = nil, rates: Rates, schedules: [Schedule] = [],
        offPeakWindows: [WeekWindow] = [], regionFactors: [RegionFactor] = []
    ) {
        self.owner = owner
        self.model = model
        self.from = from
        self.rates = rates
        self.schedules = schedules
        self.offPeakWindows = offPeakWindows
        self.regionFactors = regionFactors
    }

    /// Whether it has the same prices, be it from another day on.
    public func hasSamePrices(as other: PriceEntry) -> Bool {
        var other = other
        other.from = from
        return self == other
    }
}
