import Core

/// What belongs to the program rather than to calls.
public struct MetricGauges: Sendable {
    /// Connections to one provider.
    public struct Pool: Sendable {
        public var provider: String
        public var used: Int
        public var idle: Int
        /// Exchanges that wait for one.
        public var waiting: Int

        public init(provider: String, used: Int, idle: Int, waiting: Int) {
            self.provider = provider
            self.used = used
            self.idle = idle
            self.waiting = waiting
        }
    }

    /// A target of the configuration.
    public struct Target: Sendable {
        /// `provider/model@region`.
        public var name: String
        public var inFlight: Int
        /// Nanoseconds for which its breaker keeps calls away by now; nil: it does not.
        public var ejectedFor: Int64?

        public var isEjected: Bool { ejectedFor != nil }

        public init(name: String, inFlight: Int, ejectedFor: Int64?) {
            self.name = name
            self.inFlight = inFlight
            self.ejectedFor = ejectedFor
        }
    }

    public var inFlight = 0
    public var connections = 0
    public var pools: [Pool] = []
    public var targets: [Target] = []
    public var recorder = Recorder.Status()
    public var droppedLogBuffers = 0
    public var exports: [OTLPStatus] = []
    public var limits = LimitMetrics()
    public var overload = OverloadMetrics()

    public init() {}

    func write(_ text: inout MetricsText) {
        text.single("headgate_requests_in_flight", "Exchanges that run.", type: "gauge", inFlight)
        text.single("headgate_connections", "Clients that are connected.", type: "gauge", connections)
        text.begin("headgate_upstream_connections", "Connections to providers, by what they do.", type: "gauge")
        for pool in pools {
            for (state, count) in [("used", pool.used), ("idle", pool.idle), ("waiting", pool.waiting)] {
                text.sample(
                    "headgate_upstream_connections", [("provider", pool.provider), ("state", state)], "\(count)")
            }
        }
        text.begin("headgate_target_in_flight", "Calls that run at a target.", type: "gauge")
        for target in targets {
            text.sample("headgate_target_in_flight", [("target", target.name)], "\(target.inFlight)")
        }
        text.begin("headgate_target_ejected", "1 while a target's breaker keeps calls away.", type: "gauge")
        for target in targets {
            text.sample("headgate_target_ejected", [("target", target.name)], target.isEjected ? "1" : "0")
        }
        text.begin(
            "headgate_records_dropped_total",
            "What the recorder had no room for (queue_full), and what the store refused (refused).", type: "counter")
        for (what, reason, count) in [
            ("records", "queue_full", recorder.droppedRecords), ("records", "refused", recorder.refusedRecords),
            ("bodies", "queue_full", recorder.droppedBodies),
        ] {
            text.sample("headgate_records_dropped_total", [("what", what), ("reason", reason)], "\(count)")
        }
        text.single(
            "headgate_records_written_total", "Records that are in the store.", type: "counter", recorder.writtenRecords
        )
        text.single(
            "headgate_records_waiting", "Records that wait for the store.", type: "gauge", recorder.waitingRecords)
        text.single(
            "headgate_record_store_failing", "1 while the store cannot be written.", type: "gauge",
            recorder.failure == nil ? 0 : 1)
        text.single(
            "headgate_log_buffers_dropped_total", "Buffers of log lines that had no room.", type: "counter",
            droppedLogBuffers)
        if !exports.isEmpty { writeExports(&text) }
        limits.write(&text)
        overload.write(&text)
    }

    private func writeExports(_ text: inout MetricsText) {
        func labels(_ export: OTLPStatus) -> [(String, String)] {
            [("endpoint", export.endpoint), ("profile", export.profile.rawValue)]
        }
        text.begin("headgate_export_spans_total", "Spans that left, by what became of them.", type: "counter")
        for export in exports {
            text.sample("headgate_export_spans_total", labels(export) + [("outcome", "sent")], "\(export.sentSpans)")
            text.sample(
                "headgate_export_spans_total", labels(export) + [("outcome", "dropped")], "\(export.droppedSpans)")
        }
        text.begin("headgate_export_spans_waiting", "Spans that wait to be sent.", type: "gauge")
        for export in exports {
            text.sample("headgate_export_spans_waiting", labels(export), "\(export.waitingSpans)")
        }
        text.begin("headgate_export_failing", "1 while a destination takes no spans.", type: "gauge")
        for export in exports {
            text.sample("headgate_export_failing", labels(export), export.failure == nil ? "0" : "1")
        }
    }
}
