public import Core

/// A trace as a tree: each span and call under the one that made it, within its project, with the sums of every
/// subtree.
public struct TraceTree: Sendable {
    public enum Content: Sendable {
        case call(StoredRecord)
        case span(ApplicationSpan)
    }

    public struct Node: Sendable {
        public let content: Content
        /// Places in `nodes`, oldest first.
        public fileprivate(set) var children: [Int] = []
        /// Of the node and all below it.
        public fileprivate(set) var sums = Sums()
    }

    /// What calls used and cost.
    public struct Sums: Sendable, Equatable {
        public var calls = 0
        /// Calls whose price is unknown; the cost is that of the others.
        public var unpriced = 0
        public var usage = TokenUsage()
        public var cost = Money.zero

        static func += (a: inout Sums, b: Sums) {
            a.calls += b.calls
            a.unpriced += b.unpriced
            a.usage += b.usage
            a.cost += b.cost
        }
    }

    public private(set) var nodes: [Node]
    /// Places in `nodes` of those whose parent is not here.
    public private(set) var roots: [Int] = []
    public private(set) var sums = Sums()
    public let spans: TraceSpans

    /// Levels of the tree. What is deeper is shown at the last.
    public static let depthMax = 100

    public init(calls: [StoredRecord], spans: TraceSpans) {
        self.spans = spans
        let contents = calls.map(Content.call) + spans.spans.map(Content.span)
        nodes = contents.sorted { ($0.startedAt, $0.spanID.value) < ($1.startedAt, $1.spanID.value) }.map { content in
            var node = Node(content: content)
            if case .call(let call) = content { node.sums = Sums(call.record) }
            return node
        }
        link(parents())
    }

    /// The place of each node's parent. A ring of parents is cut: one of its nodes has none.
    private func parents() -> [Int?] {
        struct Name: Hashable {
            var project: String
            var span: SpanID
        }
        var places: [Name: Int] = [:]
        for (place, node) in nodes.enumerated() {
            for span in node.content.spanIDs { places[Name(project: node.content.project, span: span)] = place }
        }
        var parents = nodes.enumerated().map { place, node -> Int? in
            let parent = node.content.parentSpanID.flatMap {
                places[Name(project: node.content.project, span: $0)]
            }
            return parent == place ? nil : parent
        }
        // Each walk ends at a root or at a node that an earlier walk has seen.
        var walks = [Int](repeating: -1, count: nodes.count)
        for start in nodes.indices {
            var place = start
            while walks[place] < 0 {
                walks[place] = start
                guard let parent = parents[place] else { break }
                guard walks[parent] != start else {
                    parents[place] = nil
                    break
                }
                place = parent
            }
        }
        return parents
    }

    private mutating func link(_ parents: [Int?]) {
        var below = [[Int]](repeating: [], count: nodes.count)
        for (place, parent) in parents.enumerated() {
            if let parent { below[parent].append(place) } else { roots.append(place) }
        }
        // Parents before children; shown is where each one's children are put.
        var order = roots
        var shown = parents
        var depths = [Int](repeating: 1, count: nodes.count)
        var next = 0
        while next < order.count {
            let place = order[next]
            next += 1
            let host = depths[place] < Self.depthMax ? place : shown[place]
            for child in below[place] {
                shown[child] = host
                depths[child] = min(depths[place] + 1, Self.depthMax)
                order.append(child)
            }
        }
        for place in order { if let parent = shown[place] { nodes[parent].children.append(place) } }
        for place in order.reversed() {
            if let parent = shown[place] { nodes[parent].sums += nodes[place].sums } else { sums += nodes[place].sums }
        }
    }
}

extension TraceTree.Sums {
    init(_ record: ExchangeRecord) {
        calls = 1
        unpriced = record.cost == nil ? 1 : 0
        usage = record.usage
        cost = record.cost ?? .zero
    }
}

extension TraceTree.Content {
    public var project: String {
        switch self {
        case .call(let call): call.record.project
        case .span(let span): span.project
        }
    }

    public var spanID: SpanID {
        switch self {
        case .call(let call): call.record.spanID
        case .span(let span): span.spanID
        }
    }

    /// Its own, and those of its attempts.
    fileprivate var spanIDs: [SpanID] {
        switch self {
        case .call(let call): [call.record.spanID] + call.record.attempts.map(\.spanID)
        case .span(let span): [span.spanID]
        }
    }

    public var parentSpanID: SpanID? {
        switch self {
        case .call(let call): call.record.parentSpanID
        case .span(let span): span.parentSpanID
        }
    }

    /// Microseconds since 1970.
    public var startedAt: Int64 {
        switch self {
        case .call(let call): call.record.startedAtUnixMicroseconds
        case .span(let span): span.startedAt
        }
    }

    /// Nanoseconds.
    public var duration: Int64 {
        switch self {
        case .call(let call): call.record.duration
        case .span(let span): span.duration
        }
    }

    public var kind: String {
        switch self {
        case .call: "call"
        case .span(let span): span.kind
        }
    }

    public var name: String {
        switch self {
        case .call(let call): call.record.endpoint + (call.record.model.map { " " + $0 } ?? "")
        case .span(let span): span.name
        }
    }
}
