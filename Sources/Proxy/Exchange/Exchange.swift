import Core
import NIOCore
import Plan
import Wire

/// Why an exchange cannot go on as it was meant to.
enum Ending: Error {
    case clientLeft
    case failed(GatewayError)
}

extension LoopWorker {
    /// The life of a request, phase by phase; `docs/LIFE_OF_A_REQUEST.md` tells it in words.
    ///
    /// Settling and recording are synchronous and stand after everything that can fail: they happen for every
    /// exchange, exactly once.
    func run(_ exchange: Exchange) async {
        work: do throws(Ending) {
            let endpoint = try admitHead(exchange)  // who is it, and where to?
            if try answerLocally(exchange, endpoint) == false {
                try await receiveBody(exchange)
                if try await ingest(exchange, endpoint) { break work }
                var call = try decide(exchange, endpoint)  // what does it want, who may serve it, in which words?
                if try answerByEstimate(exchange, call) { break work }
                if try await replay(exchange, call) { break work }  // has it been asked before?
                try await reserve(exchange, &call)  // is there room under its limits and budgets?
                guard let answered = try await attempt(exchange, &call) else { break work }
                try await passAnswer(exchange, call, answered)
            }
        } catch {
            conclude(exchange, error)
        }
        settle(exchange)
        record(exchange)
        exchange.connection.exchangeEnded(exchange, keepsAlive: exchange.keepsConnection)
    }
}
