import AsyncHTTPClient
import Core
import NIOCore
import NIOHTTP1
import Synchronization
import Wire

/// Brings one batch to its destination, and tries again where that may help.
final class OTLPPost: Sendable {
    struct Outcome: Sendable {
        /// nil: it arrived.
        var failure: String?
        /// Of a batch that arrived, those that the destination did not want.
        var refusedSpans = 0
    }

    /// What is said of spans that had no time.
    static let givenUp = "it was given up at the end"

    private let settings: OTLPSettings
    private let client: HTTPClient
    private let loop: any EventLoop
    private let body: ByteBuffer
    private let outcome: EventLoopPromise<Outcome>
    private let state = Mutex(State())

    private struct State {
        var task: HTTPClient.Task<HTTPClient.Response>?
        var retry: Scheduled<Void>?
        var isCancelled = false
    }

    init(_ settings: OTLPSettings, client: HTTPClient, loop: any EventLoop, body: ByteBuffer) {
        self.settings = settings
        self.client = client
        self.loop = loop
        self.body = body
        outcome = loop.makePromise()
    }

    /// Succeeds always.
    func run() -> EventLoopFuture<Outcome> {
        attempt(1)
        return outcome.futureResult
    }

    /// Ends it where it stands. Called on the loop.
    func cancel() {
        let state = state.withLock { state in
            state.isCancelled = true
            return state
        }
        state.retry?.cancel()
        state.task?.cancel()
        outcome.succeed(Outcome(failure: Self.givenUp))
    }

    private var isCancelled: Bool { state.withLock { $0.isCancelled } }

    private func attempt(_ number: Int) {
        let request: HTTPClient.Request
        do {
            request = try makeRequest()
        } catch {
            return outcome.succeed(Outcome(failure: "\(error)"))
        }
        let task = client.execute(
            request: request, delegate: ResponseAccumulator(request: request, maxBodySize: Limits.exportAnswerBytesMax),
            eventLoop: .delegate(on: loop), deadline: loop.now + .seconds(Limits.exportAnswerSeconds))
        state.withLock { $0.task = task }
        task.futureResult.hop(to: loop).whenComplete { self.take($0, number) }
    }

    private func makeRequest() throws -> HTTPClient.Request {
        var request = try HTTPClient.Request(url: settings.endpoint, method: .POST, body: .byteBuffer(body))
        request.headers.add(name: "user-agent", value: "headgate")
        for header in settings.headers { request.headers.replaceOrAdd(name: header.name, value: header.value.reveal()) }
        request.headers.replaceOrAdd(name: "content-type", value: OTLPEncoder.contentType)
        return request
    }

    private func take(_ result: Result<HTTPClient.Response, any Error>, _ number: Int) {
        guard !isCancelled else { return }
        switch result {
        case .success(let answer) where (200..<300).contains(answer.status.code):
            outcome.succeed(Outcome(refusedSpans: Self.refusedSpans(answer)))
        case .success(let answer):
            let wait = RetryAfter.seconds(
                retryAfter: answer.headers.first(name: "retry-after"), retryAfterMilliseconds: nil)
            let mayRetry = [429, 502, 503, 504].contains(answer.status.code)
            retry(number, mayRetry: mayRetry, after: wait, "the destination answered \(answer.status.code)")
        case .failure(let error):
            retry(number, mayRetry: true, after: nil, "\(error)")
        }
    }

    /// After what the destination asked for, within bounds, else after ever longer.
    private func retry(_ number: Int, mayRetry: Bool, after seconds: Int?, _ failure: String) {
        guard mayRetry, number < Limits.exportTriesMax else { return outcome.succeed(Outcome(failure: failure)) }
        let wait = seconds.map { Int64(min($0, Limits.exportRetrySecondsMax)) * 1000 } ?? (500 << Int64(number - 1))
        let retry = loop.scheduleTask(in: .milliseconds(wait)) { self.attempt(number + 1) }
        state.withLock { $0.retry = retry }
    }

    /// What `partial_success` of the answer says; 0 for an answer that is none.
    private static func refusedSpans(_ answer: HTTPClient.Response) -> Int {
        guard answer.headers.first(name: "content-type")?.hasPrefix(OTLPEncoder.contentType) == true,
            let body = answer.body
        else { return 0 }
        do throws(OTLPError) {
            var reader = ProtobufReader(Array(buffer: body)[...])
            while let field = try reader.next() {
                guard field.number == 1 else { continue }
                var inner = ProtobufReader(try field.data("partial_success"))
                while let field = try inner.next() {
                    if field.number == 1 { return Int(clamping: try field.varint("rejected_spans")) }
                }
            }
        } catch {
            return 0
        }
        return 0
    }
}
