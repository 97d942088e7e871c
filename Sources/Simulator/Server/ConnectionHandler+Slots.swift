import NIOCore
import NIOHTTP1

/// Waiting for a slot.
extension ConnectionHandler {
    /// It is this connection's turn. What it does then waits for its own turn of the loop: the one that gave the slot
    /// away is still at work.
    func takeSlot() {
        guard let context, exchange?.waiting != nil else {
            state.leaveSlot()
            return
        }
        exchange?.holdsSlot = true
        state.count { $0.waiting -= 1 }
        context.eventLoop.assumeIsolated().execute { self.runWaiting() }
    }

    private func runWaiting() {
        guard let context, let waiting = exchange?.waiting else { return }
        exchange?.waiting = nil
        perform(state.react(to: waiting.request), waiting.head, context)
    }

    /// Gives back what an exchange held that is no more.
    func leave(_ exchange: Exchange) {
        if exchange.holdsSlot {
            state.leaveSlot()
        } else if exchange.waiting != nil {
            state.leaveQueue(self)
            state.count { $0.waiting -= 1 }
        }
    }
}
