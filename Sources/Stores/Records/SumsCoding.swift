import Core

/// Sums as bytes in a rollup's row: variable-length integers in a fixed order, to which newer programs may append.
extension Sums {
    /// All but the sketches.
    var encodedCounts: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(48)
        for count in [requests, attempts, errors, unpriced] { bytes.appendVarint(UInt64(count)) }
        bytes.appendVarint(UInt64(max(0, duration)))
        bytes.appendVarint(UInt64(truncatingIfNeeded: cost.picoUSD))
        bytes.appendVarint(UInt64(truncatingIfNeeded: cost.picoUSD >> 64))
        // Bits that say which buckets follow: most calls use few.
        var present: UInt64 = 0
        for bucket in TokenUsage.buckets where usage[bucket] != 0 { present |= 1 << UInt64(bucket.place) }
        bytes.appendVarint(present)
        for bucket in TokenUsage.buckets where present >> UInt64(bucket.place) & 1 == 1 {
            bytes.appendVarint(UInt64(usage[bucket]))
        }
        bytes.appendVarint(UInt64(max(0, gateway)))
        bytes.appendVarint(UInt64(max(0, gatewayRequests)))
        return bytes
    }

    /// nil for bytes that are no sums.
    init?(counts bytes: UnsafeRawBufferPointer) {
        self.init()
        guard addCounts(bytes) else { return nil }
    }

    /// Adds all but the sketches. In place: a chart of a month adds up a million rows.
    /// - Returns: false for bytes that are no sums; nothing of them is added.
    @discardableResult
    mutating func addCounts(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var reader = VarintReader(bytes)
        func next() -> Int? { reader.next().flatMap { Int(exactly: $0) } }
        guard let requests = next(), let attempts = next(), let errors = next(), let unpriced = next(),
            let duration = next(), let low = reader.next(), let high = reader.next().map(Int64.init(bitPattern:)),
            Self.costHighRange.contains(high), var present = reader.next()
        else { return false }
        var usage = usage
        while present != 0 {
            guard let count = next() else { return false }
            usage.withBucket(present.trailingZeroBitCount) { $0.addSaturating(count) }
            present &= present - 1
        }
        // Rows of older programs end before these.
        var times = (gateway: 0, requests: 0)
        if !reader.isAtEnd {
            guard let gateway = next(), let requests = next() else { return false }
            times = (gateway, requests)
        }
        self.requests.addSaturating(requests)
        self.attempts.addSaturating(attempts)
        self.errors.addSaturating(errors)
        self.unpriced.addSaturating(unpriced)
        self.duration.addSaturating(Int64(duration))
        self.usage = usage
        cost += Money(picoUSD: Int128(high) << 64 | Int128(low))
        gateway.addSaturating(Int64(times.gateway))
        gatewayRequests.addSaturating(times.requests)
        return true
    }

    /// The upper half of a cost that any number of sound rows can have: some 10^19 dollars.
    private static let costHighRange: ClosedRange<Int64> = -1 << 40...1 << 40

    /// The four sketches, each behind its length.
    var encodedSketches: [UInt8] {
        var bytes: [UInt8] = []
        for sketch in [latency, firstToken, costs, outputTokens] {
            let encoded = sketch.encoded
            bytes.appendVarint(UInt64(encoded.count))
            bytes += encoded
        }
        return bytes
    }

    /// Adds a row: its counts, and those of its four sketches that are wanted.
    /// - Returns: false for a damaged one; nothing of it is added.
    mutating func addRow(
        counts: UnsafeRawBufferPointer, sketches: UnsafeRawBufferPointer, _ wanted: SumQuantiles = .all
    ) -> Bool {
        guard let sketches = EncodedSketches(sketches, wanted), addCounts(counts) else { return false }
        add(sketches)
        return true
    }

    private mutating func add(_ sketches: EncodedSketches) {
        latency.merge(sketches.latency)
        firstToken.merge(sketches.firstToken)
        costs.merge(sketches.costs)
        outputTokens.merge(sketches.outputTokens)
    }
}

/// The four sketches of a row as they stand in its bytes, which they do not outlive.
private struct EncodedSketches {
    let latency: EncodedSketch
    let firstToken: EncodedSketch
    let costs: EncodedSketch
    let outputTokens: EncodedSketch

    /// Those that are not wanted are empty; nil for bytes that are no sketches.
    init?(_ bytes: UnsafeRawBufferPointer, _ wanted: SumQuantiles) {
        var rest = bytes
        /// The next one, or an empty one where it is not wanted; nil where there is none.
        func next(_ quantiles: SumQuantiles) -> EncodedSketch? {
            var reader = VarintReader(rest)
            guard let length = reader.next(), length <= UInt64(rest.count - reader.position) else { return nil }
            let end = reader.position + Int(length)
            let own = UnsafeRawBufferPointer(rebasing: rest[reader.position..<end])
            rest = UnsafeRawBufferPointer(rebasing: rest[end...])
            return wanted.contains(quantiles) ? EncodedSketch(own) : EncodedSketch()
        }
        guard let latency = next(.latency), let firstToken = next(.firstToken), let costs = next(.costs),
            let outputTokens = next(.outputTokens)
        else { return nil }
        self.latency = latency
        self.firstToken = firstToken
        self.costs = costs
        self.outputTokens = outputTokens
    }
}

extension Sums {
    /// What one attempt adds.
    /// - Parameter isLast: the exchange counts where its last attempt stands.
    mutating func add(_ record: ExchangeRecord, _ attempt: AttemptRecord?, isLast: Bool) {
        addCounts(record, attempt, isLast: isLast)
        guard isLast else { return }
        latency.add(record.duration / 1000)
        if let first = record.timeToFirstToken { firstToken.add(first / 1000) }
        if let cost = record.cost { costs.add(cost.sketched) }
        outputTokens.add(Int64(record.usage.outputTotal))
    }

    /// As `add`, without the sketches.
    mutating func addCounts(_ record: ExchangeRecord, _ attempt: AttemptRecord?, isLast: Bool) {
        if let attempt {
            attempts += 1
            usage += attempt.usage
            if let cost = attempt.cost { self.cost += cost } else { unpriced += 1 }
        }
        guard isLast else { return }
        requests += 1
        if record.outcome != .ok && record.outcome != .clientClosed { errors += 1 }
        duration.addSaturating(record.duration)
        gateway.addSaturating(record.gatewayTime)
        gatewayRequests += 1
    }
}

extension Money {
    /// In the unit of the sketch of costs, 1e-8 dollars.
    var sketched: Int64 { Int64(clamping: picoUSD / 10_000) }
}
