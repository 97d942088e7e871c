public import Core
public import NIOCore
public import Wire

/// A record as the API, the command line and exports write it: one JSON object.
public enum RecordJSON {
    /// Counted up when a member's meaning changes; new members need no new number.
    public static let schema = 1

    /// - Parameter node: the name of the machine whose record it is.
    public static func object(_ stored: StoredRecord, node: String) -> ByteBuffer {
        var writer = JSONWriter()
        write(stored, node: node, bodies: nil, &writer)
        return writer.buffer
    }

    /// - Parameters:
    ///   - bodies: for the record of one call alone: what was asked and answered, where it is kept.
    ///   - details: writes what else is known of one call alone.
    public static func write(
        _ stored: StoredRecord, node: String, bodies: RecordBodies?,
        _ writer: inout JSONWriter, details: (inout JSONWriter) -> Void = { _ in }
    ) {
        let record = stored.record
        writer.beginObject()
        writer.member("id", record.id.description)
        writer.member("schema", schema)
        writer.member("node", node)
        writer.member("project", record.project)
        writer.nullable("region", record.attempts.last?.region)
        writer.member("trace_id", record.traceID.description)
        writer.member("span_id", record.spanID.description)
        writer.nullable("parent_span_id", record.parentSpanID?.description)
        writer.member("started_at", Timestamp.text(record.startedAtUnixMicroseconds))
        writer.milliseconds("duration_ms", record.duration)
        writer.milliseconds("time_to_first_token_ms", record.timeToFirstToken)
        writer.milliseconds("queue_ms", record.queueTime)
        writer.milliseconds("gateway_ms", record.gatewayTime)
        writer.member("endpoint", record.endpoint)
        writer.nullable("route", record.route)
        writer.nullable("model", record.model)
        writer.nullable("provider", record.attempts.last?.provider)
        writer.nullable("upstream_model", record.attempts.last?.upstreamModel)
        writer.nullable("served_model", record.servedModel)
        writer.nullable("service_tier", record.serviceTier)
        writer.nullable("key", record.key)
        writer.member("status", record.status)
        writer.member("outcome", record.outcome.rawValue)
        writer.nullable("error_code", record.errorCode?.rawValue)
        writer.memberIfPresent("error_message", record.errorMessage)
        writer.member("streamed", record.streamed)
        writer.nullable("finish_reason", record.finishReason)
        writer.nullable("fallback", record.fallback)
        writer.key("limits_hit")
        writer.beginArray()
        for limit in record.limitsHit { writer.value(limit) }
        writer.endArray()
        writer.key("translation_dropped")
        writer.beginArray()
        for member in record.translationDropped { writer.value(member) }
        writer.endArray()
        writer.fetch(record.fetch)
        writer.nullable("prompt", record.tags["prompt"])
        writer.key("tags")
        writer.beginObject()
        for tag in record.tags.entries { writer.member(tag.name, tag.value) }
        writer.endObject()
        writer.usage(record.usage)
        writer.member("usage_source", record.usageSource.rawValue)
        writer.cost(record.cost)
        writer.nullable("cache", record.cache)
        writer.key("attempts")
        writer.beginArray()
        for attempt in record.attempts { write(attempt, of: record, &writer) }
        writer.endArray()
        writer.nullable("request_preview", stored.requestPreview)
        writer.nullable("response_preview", stored.responsePreview)
        if let bodies {
            writer.json("request_body", bodies.request)
            writer.json("response_body", bodies.response)
            writer.memberIfPresent("body_problem", bodies.problem)
        }
        details(&writer)
        writer.endObject()
    }

    private static func write(_ attempt: AttemptRecord, of record: ExchangeRecord, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("target", attempt.target)
        writer.nullable("upstream_request_id", attempt.upstreamRequestID)
        writer.member("span_id", attempt.spanID.description)
        writer.member(
            "started_at", Timestamp.text(record.startedAtUnixMicroseconds + attempt.startedAfter / 1000))
        writer.milliseconds("duration_ms", attempt.duration)
        writer.member("status", attempt.status)
        writer.nullable("error_code", attempt.errorCode?.rawValue)
        writer.usage(attempt.usage)
        writer.member("usage_source", attempt.usageSource.rawValue)
        writer.cost(attempt.cost)
        writer.endObject()
    }
}

extension JSONWriter {
    public mutating func nullable(_ name: String, _ text: String?) {
        key(name)
        if let text { value(text) } else { null() }
    }

    /// Nanoseconds as milliseconds with three decimals.
    public mutating func milliseconds(_ name: String, _ nanoseconds: Int64?) {
        key(name)
        guard let nanoseconds else { return null() }
        raw(ByteBuffer(string: DecimalText.text(Int128(max(0, nanoseconds) / 1000), decimals: 3)))
    }

    public mutating func usage(_ usage: TokenUsage) {
        key("usage")
        beginObject()
        for bucket in TokenUsage.buckets where bucket.isAlwaysShown || usage[bucket] != 0 {
            member(bucket.name, usage[bucket])
        }
        endObject()
    }

    /// - Parameter cost: nil where the price is unknown.
    public mutating func cost(_ cost: Money?) {
        nullable("cost_usd", cost?.usdText)
        nullable("cost_pico_usd", cost.map { "\($0.picoUSD)" })
    }

    /// null where nothing was fetched.
    mutating func fetch(_ fetch: FetchRecord) {
        key("fetch")
        guard fetch != FetchRecord() else { return null() }
        beginObject()
        member("files", fetch.files)
        member("failures", fetch.failures)
        member("bytes", fetch.bytes)
        milliseconds("duration_ms", fetch.duration)
        endObject()
    }

    /// JSON where it is JSON, else text.
    mutating func json(_ name: String, _ bytes: [UInt8]?) {
        key(name)
        guard let bytes else { return null() }
        let isJSON = bytes.withUnsafeBytes { (try? JSONScanner.validate($0)) != nil }
        if isJSON { raw(ByteBuffer(bytes: bytes)) } else { value(String(decoding: bytes, as: UTF8.self)) }
    }
}

/// What was asked and answered, where it is kept.
public struct RecordBodies: Sendable {
    public var request: [UInt8]?
    public var response: [UInt8]?
    /// Why one of them cannot be read; nil: both can.
    public var problem: String?

    public init() {}
}
