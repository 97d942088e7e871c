import Core

/// Numbers that stand for words of a closed set; never renumbered, only added to.
enum ClosedWords {
    static let outcomes: [Outcome] = [.ok, .error, .clientClosed, .truncated, .rejected]
    static let sources: [UsageSource] = [.none, .provider, .counted, .estimated]
    static let levels: [RecordLevel] = [.full, .metadata, .off]

    static func number<Word: Equatable>(_ word: Word, in words: [Word]) -> Int {
        guard let place = words.firstIndex(of: word) else { preconditionFailure("\(word) has no number") }
        return place
    }

    static func word<Word>(_ number: Int64, in words: [Word]) -> Word? {
        words.indices.contains(Int(number)) ? words[Int(number)] : nil
    }
}

extension BulkStatement {
    /// Binds a record in the order of `DaySchema.recordColumns`, its last attempt at the end.
    func bind(_ item: RecordToStore, key: Int64, _ words: RecordWords, bodies: (request: [UInt8]?, response: [UInt8]?))
    {
        let record = item.record
        bind(key)
        bind(Int64(words.user))
        bind(Int64(words.session))
        bind(Int64(bitPattern: record.id.high))
        bind(Int64(bitPattern: record.id.low))
        bind(record.startedAtUnixMicroseconds)
        bind(record.ownsTrace ? nil : record.traceID.bytes)
        bind(Int64(bitPattern: record.spanID.value))
        bind(record.parentSpanID.map { Int64(bitPattern: $0.value) })
        bind(record.duration / 1000)
        bind(record.timeToFirstToken.map { $0 / 1000 })
        bind(record.queueTime / 1000)
        bind(record.gatewayTime / 1000)
        for number in [words.project, words.endpoint, words.method, words.key, words.client, words.model, words.route] {
            bind(Int64(number))
        }
        bind(record.status)
        bind(ClosedWords.number(record.outcome, in: ClosedWords.outcomes))
        bind(Int64(words.errorCode))
        bind(record.errorMessage)
        bind(record.streamed ? 1 : 0)
        for number in [
            words.finishReason, words.feature, words.team, words.environment, words.prompt,
        ] {
            bind(Int64(number))
        }
        bind(TagsText.write(record.tags))
        bind(record.requestBytes)
        bind(record.responseBytes)
        bind(record.unreadableEvents)
        bind(Int64(words.fallback))
        bind(Int64(words.cache))
        bind(record.limitsHit.isEmpty ? nil : record.limitsHit.joined(separator: ","))
        bind(record.translationDropped.isEmpty ? nil : record.translationDropped.joined(separator: "\n"))
        bind(ClosedWords.number(record.level, in: ClosedWords.levels))
        bind(item.requestPreview)
        bind(item.responsePreview)
        bind(bodies.request)
        bind(bodies.response)
        bind(record.fetch)
        bind(record.attempts.last, words.attempts.last, place: record.attempts.count)
    }

    private func bind(_ fetch: FetchRecord) {
        for number in [fetch.files, fetch.failures, fetch.bytes, Int(fetch.duration / 1000)] {
            if fetch == FetchRecord() { bindNull() } else { bind(number) }
        }
    }

    /// Binds an attempt in the order of `DaySchema.attemptValueColumns`.
    func bind(_ attempt: AttemptRecord?, _ words: AttemptWords?, place: Int) {
        guard let attempt, let words else {
            for column in DaySchema.attemptValueColumns {
                if column.hasSuffix("NOT NULL") { bind(0) } else { bindNull() }
            }
            return
        }
        bind(place)
        for number in [
            words.provider, words.kind, words.upstreamModel, words.servedModel, words.serviceTier, words.region,
        ] {
            bind(Int64(number))
        }
        bind(Int64(bitPattern: attempt.spanID.value))
        bind(attempt.upstreamRequestID)
        bind(attempt.startedAfter / 1000)
        bind(attempt.duration / 1000)
        bind(attempt.status)
        bind(Int64(words.errorCode))
        bind(ClosedWords.number(attempt.usageSource, in: ClosedWords.sources))
        let usage = attempt.usage
        bind(usage.inputUncached)
        bind(usage.cacheRead)
        bind(usage.cacheWrite5m)
        bind(usage.cacheWrite1h)
        bind(usage.output)
        bind(usage.reasoning)
        bind(usage.encodedRest)
        bind(attempt.cost.map { Int64(clamping: $0.picoUSD) })
        bind(attempt.statedCost.map { Int64(clamping: $0.picoUSD) })
    }
}

extension ExchangeRecord {
    /// The trace began here: its id is the exchange's own.
    var ownsTrace: Bool { traceID.high == id.high && traceID.low == id.low }
}

extension TraceID {
    var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
    }

    init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        func word(_ start: Int) -> UInt64 { bytes[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: word(0), low: word(8))
    }
}

extension TokenUsage {
    /// The buckets that have no column of their own: pairs of a bucket's place and its count; nil when all are 0.
    var encodedRest: [UInt8]? {
        var bytes: [UInt8] = []
        for bucket in TokenUsage.buckets.dropFirst(6) where self[bucket] != 0 {
            bytes.appendVarint(UInt64(bucket.place))
            bytes.appendVarint(UInt64(self[bucket]))
        }
        return bytes.isEmpty ? nil : bytes
    }

    mutating func takeRest(_ bytes: UnsafeRawBufferPointer) {
        var reader = VarintReader(bytes)
        while let place = reader.next(), let count = reader.next() {
            withBucket(Int(clamping: place)) { $0 = Int(truncatingIfNeeded: count) }
        }
    }
}
