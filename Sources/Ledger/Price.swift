public import Core

/// An entry of a price list, worked out so that a call's cost is a few multiplications.
public final class Price: Sendable {
    public let entry: PriceEntry
    /// Tiers that have prices of their own.
    private let tiers: [ServiceTier]
    /// Tokens of input above which other prices count, the smallest first.
    private let thresholds: [Int]
    /// For each tier, the usual one first, and each threshold, none first.
    private let rates: [Rates]

    public init(_ entry: PriceEntry) {
        self.entry = entry
        var tiers: [ServiceTier] = []
        for case let tier? in entry.schedules.map(\.tier) where !tiers.contains(tier) { tiers.append(tier) }
        self.tiers = tiers
        thresholds = Set(entry.schedules.map(\.above)).subtracting([0]).sorted()
        var rates: [Rates] = []
        for tier in [nil] + tiers.map(Optional.some) {
            for above in [0] + thresholds {
                rates.append(Price.rates(of: entry, tier: tier, above: above).withFallbacks())
            }
        }
        self.rates = rates
    }

    private static func rates(of entry: PriceEntry, tier: ServiceTier?, above: Int) -> Rates {
        let listed = entry.schedules.first { $0.tier == tier && $0.above == above }?.rates
        switch (tier, above) {
        case (nil, 0):
            return entry.rates
        case (nil, _), (_, 0):
            return listed?.completed(from: entry.rates) ?? entry.rates
        default:
            let long = rates(of: entry, tier: nil, above: above)
            if let listed { return listed.completed(from: long) }
            return long.combined(with: rates(of: entry, tier: tier, above: 0), over: entry.rates)
        }
    }

    /// What a usage costs; nil: it has something whose price is not known.
    ///
    /// - Parameters:
    ///   - serviceTier: how the provider says it was served. A tier without prices of its own costs what is usual.
    ///   - time: microseconds since 1970.
    public func cost(of usage: TokenUsage, serviceTier: String?, region: String, at time: Int64) -> Money? {
        let rates = rates(serviceTier: serviceTier, input: usage.inputTotal, at: time)
        guard var tokens = Price.tokens(usage, rates), let others = Price.others(usage, rates) else { return nil }
        if !entry.regionFactors.isEmpty, let factor = factor(for: region) {
            tokens = tokens.multiplied(by: Int128(factor.numerator), over: Int128(factor.denominator))
        }
        return tokens + others
    }

    func rates(serviceTier word: String?, input: Int, at time: Int64) -> Rates {
        if rates.count == 1 { return rates[0] }
        var row = word.flatMap(ServiceTier.init(said:)).map(row(of:)) ?? 0
        if row == 0, entry.offPeakWindows.contains(where: { $0.contains(unixMicroseconds: time) }) {
            row = self.row(of: .offPeak)
        }
        let column = thresholds.count { $0 < input }
        return rates[row * (thresholds.count + 1) + column]
    }

    /// OpenAI calls its priority tier `fast` too, so that this word means it where there is no tier of this name.
    private func row(of tier: ServiceTier) -> Int {
        if let place = tiers.firstIndex(of: tier) { return place + 1 }
        return tier == .fast ? tiers.firstIndex(of: .priority).map { $0 + 1 } ?? 0 : 0
    }

    private func factor(for region: String) -> PriceEntry.RegionFactor? {
        var best: PriceEntry.RegionFactor?
        for factor in entry.regionFactors where factor.matches(region) {
            if factor.region.utf8.count >= best?.region.utf8.count ?? 0 { best = factor }
        }
        return best
    }
}

extension Price {
    private static func tokens(_ usage: TokenUsage, _ rates: Rates) -> Money? {
        var sum: Int128 = 0
        func add(_ count: Int, _ unit: PriceUnit) -> Bool {
            guard count > 0 else { return true }
            guard let amount = rates[unit] else { return false }
            sum += Int128(amount) * Int128(count)
            return true
        }
        guard add(usage.inputUncached, .input), add(usage.cacheRead, .cacheRead),
            add(usage.cacheWrite5m, .cacheWrite5m), add(usage.cacheWrite1h, .cacheWrite1h),
            add(usage.output, .output), add(usage.reasoning, .reasoning), add(usage.inputAudio, .inputAudio),
            add(usage.outputAudio, .outputAudio), add(usage.inputImage, .inputImage),
            add(usage.outputImage, .outputImage)
        else { return nil }
        return Money(picoUSD: sum)
    }

    /// What is not counted in tokens. An image, or a piece of sound, whose tokens are in the usage is billed by them,
    /// and not a second time by the piece or the second.
    private static func others(_ usage: TokenUsage, _ rates: Rates) -> Money? {
        var sum = Money(picoUSD: Int128(rates[.request] ?? 0))
        if usage.searchUnits > 0 {
            guard let amount = rates[.searchUnit] else { return nil }
            sum += Money(picoUSD: Int128(amount)) * usage.searchUnits
        }
        if usage.webSearches > 0 {
            guard let amount = rates[.webSearch] else { return nil }
            sum += Money(picoUSD: Int128(amount)) * usage.webSearches
        }
        if usage.images > 0, usage.outputImage == 0 {
            guard let amount = rates[.image] else { return nil }
            sum += Money(picoUSD: Int128(amount)) * usage.images
        }
        if usage.audioMilliseconds > 0, usage.inputAudio == 0, usage.outputAudio == 0 {
            guard let amount = rates[.audioSecond] else { return nil }
            sum += Money(picoUSD: Int128(amount)).multiplied(by: Int128(usage.audioMilliseconds), over: 1000)
        }
        return sum
    }
}

extension PriceEntry.RegionFactor {
    fileprivate func matches(_ region: String) -> Bool {
        if self.region == "*" { return region != "global" && region != "default" }
        guard region.hasPrefix(self.region) else { return false }
        let rest = region.utf8.dropFirst(self.region.utf8.count)
        return rest.isEmpty || rest.first == UInt8(ascii: "-")
    }
}
