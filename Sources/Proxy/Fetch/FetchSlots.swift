import Core
import NIOCore

/// Room for the files that one loop fetches at a time. A key has a part of it only; what finds no room waits, and the
/// keys that wait take turns.
///
/// Lives on one loop.
final class FetchSlots {
    /// One file that has a slot or waits for one.
    final class Turn {
        fileprivate let key: String?
        fileprivate var begin: (() -> Void)?
        fileprivate var hasSlot = false

        /// - Parameter key: whose file it is; nil: the gateway asks for no keys.
        init(of key: String?) { self.key = key }
    }

    private struct Lane {
        var running = 0
        var waiting: [Turn] = []
    }

    private var lanes: [String?: Lane] = [:]
    /// Keys of which something waits, the next first.
    private var order: [String?] = []
    private(set) var running = 0

    /// - Parameter begin: called once there is room: now, or when another one leaves.
    func enter(_ turn: Turn, begin: @escaping () -> Void) throws(FetchFailure) {
        let waiting = lanes[turn.key]?.waiting.count ?? 0
        guard waiting < Limits.fetchesWaitingPerKeyMax else { throw .busy }
        turn.begin = begin
        lanes[turn.key, default: Lane()].waiting.append(turn)
        if waiting == 0 { order.append(turn.key) }
        fill()
    }

    /// - Parameter end: of what still runs of it.
    func leave(_ turn: Turn, after end: EventLoopFuture<Void>) {
        end.assumeIsolated().whenComplete { _ in self.leave(turn) }
    }

    /// It runs no more, or is to wait no longer.
    func leave(_ turn: Turn) {
        guard var lane = lanes[turn.key] else { return }
        if turn.hasSlot {
            turn.hasSlot = false
            lane.running -= 1
            running -= 1
        } else {
            turn.begin = nil
            lane.waiting.removeAll { $0 === turn }
            if lane.waiting.isEmpty { order.removeAll { $0 == turn.key } }
        }
        lanes[turn.key] = lane.running == 0 && lane.waiting.isEmpty ? nil : lane
        fill()
    }

    private func fill() {
        while running < Limits.fetchesPerLoopMax, let place = order.firstIndex(where: hasRoom) {
            let key = order.remove(at: place)
            guard var lane = lanes[key], !lane.waiting.isEmpty else { continue }
            let turn = lane.waiting.removeFirst()
            if !lane.waiting.isEmpty { order.append(key) }
            lane.running += 1
            running += 1
            lanes[key] = lane
            turn.hasSlot = true
            let begin = turn.begin
            turn.begin = nil
            begin?()
        }
    }

    private func hasRoom(_ key: String?) -> Bool {
        key == nil || (lanes[key]?.running ?? 0) < Limits.fetchesPerKeyMax
    }
}
