import AsyncHTTPClient
public import Core
public import NIOCore
import Synchronization

/// The access tokens of all providers that want them: fetched when a configuration first needs them, and renewed ahead
/// of time, on a loop that serves no client. A call never waits for one.
public final class AccessTokens: AccessTokenSource {
    private enum Answer {
        case none
        case token(Secret, expires: NIODeadline)
        case failed(MissingToken)
    }

    private struct Entry {
        var answer = Answer.none
        var failures = 0
        var renewal: Scheduled<Void>?

        var isGood: Bool { if case .token(_, let expires) = answer { expires > .now() } else { false } }
    }

    private struct State {
        var entries: [TokenGrant: Entry] = [:]
        var waiting: [EventLoopPromise<Void>] = []

        var hasUnanswered: Bool {
            entries.values.contains { if case .none = $0.answer { true } else { false } }
        }
    }

    private let client: HTTPClient
    private let loop: any EventLoop
    private let log: OperationalLog
    private let state = Mutex(State())

    /// - Parameter group: loops that serve no client.
    public init(group: any EventLoopGroup, log: OperationalLog) {
        var configuration = HTTPClient.Configuration()
        // A secret must not follow a redirection.
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(Limits.tokenConnectSeconds)
        client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
        loop = group.any()
        self.log = log
    }

    public func token(of grant: TokenGrant) -> Result<Secret, MissingToken> {
        let answer = state.withLock { $0.entries[grant]?.answer }
        switch answer {
        case .token(let token, let expires) where expires > .now(): return .success(token)
        case .token: return .failure(MissingToken("the last one has expired, and no other was given"))
        case .failed(let missing): return .failure(missing)
        case .some(.none), nil: return .failure(MissingToken("the first one has not come yet"))
        }
    }

    /// From now on these grants are kept supplied, and no others.
    public func install(_ wanted: Set<TokenGrant>) {
        let new = state.withLock { state in
            for (grant, entry) in state.entries where !wanted.contains(grant) { entry.renewal?.cancel() }
            state.entries = state.entries.filter { wanted.contains($0.key) }
            let new = wanted.filter { state.entries[$0] == nil }
            for grant in new { state.entries[grant] = Entry() }
            return new
        }
        for grant in new { loop.execute { self.fetch(grant) } }
    }

    /// Waits until every grant has had an answer, or the time is over: a start should not refuse its first calls.
    public func settle(within time: TimeAmount) async {
        let promise = loop.makePromise(of: Void.self)
        let isSettled = state.withLock { state in
            guard state.hasUnanswered else { return true }
            state.waiting.append(promise)
            return false
        }
        if isSettled { promise.succeed() }
        let timer = loop.scheduleTask(in: time) { promise.succeed() }
        try? await promise.futureResult.get()
        timer.cancel()
    }

    /// Renews nothing more.
    public func stop() async throws {
        state.withLock { state in
            for entry in state.entries.values { entry.renewal?.cancel() }
            state.entries = [:]
        }
        try await client.shutdown()
    }

    // MARK: On the loop

    private func fetch(_ grant: TokenGrant) {
        let request: HTTPClient.Request
        do {
            request = try TokenRequest.make(grant)
        } catch {
            return take(.failure(error), grant)
        }
        let deadline = NIODeadline.now() + .seconds(Limits.tokenAnswerSeconds)
        client.execute(request: request, deadline: deadline).hop(to: loop).whenComplete { result in
            switch result {
            case .success(let response): self.take(TokenAnswer.read(response), grant)
            case .failure(let error):
                self.take(.failure(MissingToken("'\(request.host)' cannot be asked for one: \(error)")), grant)
            }
        }
    }

    private func take(_ result: Result<TokenAnswer, MissingToken>, _ grant: TokenGrant) {
        let settled = state.withLock { state -> [EventLoopPromise<Void>] in
            guard var entry = state.entries[grant] else { return [] }
            let wait: TimeAmount
            switch result {
            case .success(let answer):
                entry.answer = .token(answer.token, expires: .now() + .seconds(answer.lifetimeSeconds))
                entry.failures = 0
                wait = .seconds(answer.renewalSeconds)
            case .failure(let missing):
                entry.failures += 1
                // A token that is still good is better than none.
                if !entry.isGood { entry.answer = .failed(missing) }
                wait = .seconds(min(Limits.tokenRetrySecondsMax, 1 << min(entry.failures - 1, 10)))
            }
            entry.renewal = loop.scheduleTask(in: wait) { self.fetch(grant) }
            state.entries[grant] = entry
            guard !state.hasUnanswered else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        if case .failure(let missing) = result {
            log.warning("no access token", ["grant": grant.shownName, "reason": missing.reason])
        }
        for promise in settled { promise.succeed() }
    }
}

extension TokenGrant {
    /// What it is called in the log.
    fileprivate var shownName: String {
        switch self {
        case .serviceAccount(let account): account.email
        case .clientCredentials(let client): client.clientID
        }
    }
}
