public import Core

/// A line of a call's bill: so much of something, at this price.
public struct PriceLine: Sendable, Equatable {
    /// What was used: a bucket of `TokenUsage` by its name, `request`, or what was added or taken off at the end.
    public var what: String
    public var quantity: Int
    /// Of one; nil where the line is an amount by itself.
    public var price: Money?
    public var cost: Money
}

extension PriceBook {
    /// The arithmetic behind an attempt's cost; empty where nothing was used or the price is unknown.
    ///
    /// - Parameter time: when its exchange began, in microseconds since 1970.
    public func lines(of attempt: AttemptRecord, at time: Int64) -> [PriceLine] {
        guard attempt.usageSource != .none, let total = cost(of: attempt, at: time) else { return [] }
        if attempt.statedCost != nil {
            return [PriceLine(what: "stated by the provider", quantity: 1, price: nil, cost: total)]
        }
        let found = price(
            attempt.providerKind, attempt.provider, attempt.servedModel ?? attempt.upstreamModel,
            attempt.upstreamModel, time)
        var lines = found?.lines(of: attempt.usage, serviceTier: attempt.serviceTier, at: time) ?? []
        let rest = total - lines.reduce(Money.zero) { $0 + $1.cost }
        if rest != .zero { lines.append(PriceLine(what: "region and rounding", quantity: 1, price: nil, cost: rest)) }
        return lines
    }
}

extension Price {
    /// What is counted, at which unit's price.
    private static let units: [(bucket: String, unit: PriceUnit)] = [
        ("input_uncached", .input), ("cache_read", .cacheRead), ("cache_write_5m", .cacheWrite5m),
        ("cache_write_1h", .cacheWrite1h), ("output", .output), ("reasoning", .reasoning),
        ("input_audio", .inputAudio), ("output_audio", .outputAudio), ("input_image", .inputImage),
        ("output_image", .outputImage), ("search_units", .searchUnit), ("web_searches", .webSearch),
    ]

    /// Each bucket that has a price of its own, before factors of regions.
    fileprivate func lines(of usage: TokenUsage, serviceTier: String?, at time: Int64) -> [PriceLine] {
        let rates = rates(serviceTier: serviceTier, input: usage.inputTotal, at: time)
        func line(_ what: String, _ quantity: Int, _ unit: PriceUnit) -> PriceLine? {
            guard quantity > 0, let amount = rates[unit] else { return nil }
            let price = Money(picoUSD: Int128(amount))
            return PriceLine(what: what, quantity: quantity, price: price, cost: price * quantity)
        }
        var lines = Self.units.compactMap { bucket, unit in
            TokenUsage.buckets.first { $0.name == bucket }.flatMap { line(bucket, usage[$0], unit) }
        }
        if let request = line("request", 1, .request) { lines.append(request) }
        if usage.outputImage == 0, let images = line("images", usage.images, .image) { lines.append(images) }
        // As `cost`: sound whose tokens are in the usage is billed by them.
        if usage.audioMilliseconds > 0, usage.inputAudio == 0, usage.outputAudio == 0, let amount = rates[.audioSecond]
        {
            let cost = Money(picoUSD: Int128(amount)).multiplied(by: Int128(usage.audioMilliseconds), over: 1000)
            lines.append(PriceLine(what: "audio_ms", quantity: usage.audioMilliseconds, price: nil, cost: cost))
        }
        return lines
    }
}
