/// Who waits for room, and who was refused for want of it. Its series are as many as there are targets and classes.
public struct OverloadMetrics: Sendable {
    /// What a target takes, and who waits for it.
    public struct Target: Sendable {
        /// `provider/model@region`.
        public var name: String
        /// Calls at a time; nil: it has shown no overload.
        public var limit: Int?
        /// By the name of their class.
        public var waiting: [(priority: String, count: Int)]

        public init(name: String, limit: Int?, waiting: [(priority: String, count: Int)]) {
            self.name = name
            self.limit = limit
            self.waiting = waiting
        }
    }

    public var targets: [Target] = []
    /// By the name of their class.
    public var shed: [String: Int] = [:]
    /// Bytes that request bodies hold, and may hold.
    public var memory = (held: 0, max: 0)

    public init() {}

    /// nil: it has shown no overload.
    public func target(named name: String) -> Target? { targets.first { $0.name == name } }

    func write(_ text: inout MetricsText) {
        text.begin("headgate_target_limit", "Calls that a target takes at a time; absent while open.", type: "gauge")
        for target in targets {
            if let limit = target.limit { text.sample("headgate_target_limit", [("target", target.name)], "\(limit)") }
        }
        text.begin("headgate_queue_depth", "Calls that wait for room at a target, by class.", type: "gauge")
        for target in targets {
            for (priority, count) in target.waiting {
                text.sample("headgate_queue_depth", [("target", target.name), ("class", priority)], "\(count)")
            }
        }
        text.begin("headgate_shed_total", "Calls that were refused for want of room, by class.", type: "counter")
        for (priority, count) in shed.sorted(by: { $0.key < $1.key }) {
            text.sample("headgate_shed_total", [("class", priority)], "\(count)")
        }
        text.single("headgate_request_bytes_held", "What request bodies hold.", type: "gauge", memory.held)
    }
}
