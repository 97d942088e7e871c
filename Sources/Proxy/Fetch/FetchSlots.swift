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

    private var shares = FairShares<Turn>(total: Limits.fetchesPerLoopMax, perOwner: Limits.fetchesPerKeyMax)
    var running: Int { shares.running }

    /// - Parameter begin: called once there is room: now, or when another one leaves.
    func enter(_ turn: Turn, begin: @escaping () -> Void) throws(FetchFailure) {
        guard shares.waiting(of: turn.key) < Limits.fetchesWaitingPerKeyMax else { throw .busy }
        turn.begin = begin
        shares.add(turn, of: turn.key)
        fill()
    }

    /// - Parameter end: of what still runs of it; nil: nothing has begun.
    func leave(_ turn: Turn, after end: EventLoopFuture<Void>?) {
        guard turn.hasSlot, let end else { return leave(turn) }
        end.assumeIsolated().whenComplete { _ in self.leave(turn) }
    }

    /// It runs no more, or is to wait no longer.
    func leave(_ turn: Turn) {
        turn.begin = nil
        if turn.hasSlot {
            turn.hasSlot = false
            shares.end(of: turn.key)
        } else {
            shares.removeWaiting(of: turn.key) { $0 === turn }
        }
        fill()
    }

    private func fill() {
        while let turn = shares.next() {
            turn.hasSlot = true
            let begin = turn.begin
            turn.begin = nil
            begin?()
        }
    }
}
