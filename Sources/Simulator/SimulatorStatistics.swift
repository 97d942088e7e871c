public import NIOCore

/// What a simulator has counted since it started.
public struct SimulatorStatistics: Sendable, Equatable {
    /// Connections accepted.
    public var connections = 0
    /// Requests that arrived whole.
    public var requests = 0
    /// Requests that are being answered, those that never will be included.
    public var active = 0
    /// Requests that wait for a slot; they count as active.
    public var waiting = 0
    /// Requests that were refused because no slot was free.
    public var refused = 0
    /// Answers that ended as they were meant to, faults included.
    public var finished = 0
    /// Requests whose client closed the connection before the end of the answer.
    public var cancelledByPeer = 0

    public init() {}
}

/// A request as it arrived, for recorders.
public struct SimulatorRequest: Sendable {
    public let method: String
    /// The request's target, with its query.
    public let target: String
    /// Header fields in their order.
    public let headers: [(name: String, value: String)]
    public let body: ByteBuffer

    /// The first value of a field, its name compared without regard to case.
    public func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.name.lowercased() == name }?.value
    }

    /// The target without its query.
    var path: Substring { target.prefix { $0 != "?" } }
}
