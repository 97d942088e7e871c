import Core
import NIOCore
import Plan
import Policy
import Wire

/// What an attempt came to.
enum AttemptResult {
    case success(Answered)
    case failure(FailedAttempt)
}

/// One call to one target, from the pool to a judged answer. It is asked again whenever something has happened.
final class RunningAttempt {
    enum Phase {
        case leasing
        case waiting
        case opening(Answered, StreamOpening)
        case over
    }

    let attempt: Attempt
    /// The target's place in the leg's list.
    let place: Int
    let provider: Provider
    let upstream: Upstream
    /// The place of the provider's credential that is used; nil for a provider without.
    let credential: Int?
    let model: String
    private(set) var body: UpstreamBody
    /// The stream that broke off and that it goes on with; nil: it begins.
    let interrupted: EventStage?
    var proof = CredentialProof.none
    var phase = Phase.leasing

    init(
        _ attempt: Attempt, place: Int, provider: Provider, upstream: Upstream, credential: Int?, model: String,
        body: UpstreamBody, goingOnWith interrupted: EventStage?
    ) {
        self.attempt = attempt
        self.place = place
        self.provider = provider
        self.upstream = upstream
        self.credential = credential
        self.model = model
        self.body = body
        self.interrupted = interrupted
    }

    /// It was sent, and is not sent again.
    func forgetBytes() { body.forgetBytes() }
}

extension LoopWorker {
    /// Asks the pool for a connection to one of the leg's targets.
    func start(
        _ exchange: Exchange, _ call: Call, _ place: Int, fresh: Bool, isRetry: Bool,
        goingOnWith interrupted: EventStage? = nil
    ) throws(Ending) -> RunningAttempt {
        let target = call.leg.targets[place]
        let provider = exchange.snapshot.providers[target.provider]
        let model = call.leg.upstreamModel(place)
        let body = try makeBody(exchange, call, provider, model, goingOnWith: interrupted?.continuableText)
        exchange.record.translationDropped = body.dropped
        let credential = try credential(call, provider, model: model)
        let attempt = begin(exchange, call, target, provider, model, fresh: fresh)
        track(exchange, call, attempt, place, provider, isRetry: isRetry)
        let running = RunningAttempt(
            attempt, place: place, provider: provider,
            upstream: upstreams.upstream(target.provider, in: exchange.snapshot), credential: credential, model: model,
            body: body, goingOnWith: interrupted)
        do throws(GatewayError) {
            running.proof = try proof(provider, running.upstream, credential: credential)
        } catch {
            attempt.cannotBegin(error)
            return running
        }
        let mirror = (
            name: AccountMirrors.Name(provider, credential: credential, model: model),
            demand: exchange.mirrorDemand(call)
        )
        attempt.mirrored = mirror
        shared.mirrors.begin(mirror.name, mirror.demand)
        running.upstream.pool.lease(for: attempt, fresh: fresh)
        return running
    }

    /// Runs an attempt to its end.
    func finish(_ exchange: Exchange, _ call: Call, _ running: RunningAttempt) async throws(Ending) -> AttemptResult {
        while true {
            if let result = advance(exchange, call, running) { return result }
            await exchange.wait()
            try exchange.checkEnding()
        }
    }

    /// Takes an attempt as far as what has come allows.
    /// - Returns: nil: it waits for more.
    func advance(_ exchange: Exchange, _ call: Call, _ running: RunningAttempt) -> AttemptResult? {
        let result = step(exchange, call, running)
        if let result {
            running.phase = .over
            note(exchange, call, result, running)
        }
        return result
    }

    private func step(_ exchange: Exchange, _ call: Call, _ running: RunningAttempt) -> AttemptResult? {
        let attempt = running.attempt
        if case .leasing = running.phase {
            guard attempt.connection != nil || attempt.failure != nil else { return nil }
            if attempt.failure == nil { send(exchange, call, running) }
            running.phase = .waiting
        }
        if case .waiting = running.phase {
            // An answer that is streamed goes on as it comes; any other is first seen whole, up to a size.
            guard attempt.hasEnough(for: call) else { return nil }
            guard let head = attempt.head, attempt.failure == nil else {
                return .failure(lost(exchange, attempt, running.provider))
            }
            exchange.note(head, of: attempt)
            restate(attempt, head)
            var answered = Answered(
                attempt: attempt, provider: running.provider, status: head.status, framing: head.streamFraming,
                body: running.body, credential: running.credential,
                format: running.body.answerFormat ?? running.provider.kind.answerFormat(at: call.endpoint))
            answered.interrupted = running.interrupted
            switch judge(exchange, call, answered) {
            case .judged(let result): return result
            case .opens(let opening): running.phase = .opening(answered, opening)
            }
        }
        if case .opening(let answered, let opening) = running.phase {
            return opened(exchange, call, answered, opening)
        }
        return nil
    }

    // MARK: Before it is sent

    /// The whole exchange has its time from the start, also while it waits for its first attempt: that of the first
    /// target, until an attempt begins.
    func limitTime(_ exchange: Exchange, _ call: Call) {
        guard let first = call.leg.targets.first else { return }
        exchange.limitTotal(
            nanoseconds: exchange.snapshot.timeouts(
                provider: exchange.snapshot.providers[first.provider], route: call.route, key: exchange.key,
                clientTotal: call.clientTotal
            ).total)
    }

    private func begin(
        _ exchange: Exchange, _ call: Call, _ target: Target, _ provider: Provider, _ model: String, fresh: Bool
    ) -> Attempt {
        let timeouts = exchange.snapshot.timeouts(
            provider: provider, route: call.route, key: exchange.key, clientTotal: call.clientTotal)
        exchange.limitTotal(nanoseconds: timeouts.total)
        let attempt = Attempt(exchange, loop: loop, timeouts: timeouts, fresh: fresh)
        attempt.wakesAtHead =
            call.streams || call.isPassthrough || call.passesAsItComes || call.endpoint.object != nil || call.isSession
        exchange.attempt = attempt
        let level = exchange.snapshot.recordLevel(key: exchange.key, route: call.route, provider: provider)
        exchange.record.level = exchange.record.attempts.isEmpty ? level : max(exchange.record.level, level)
        exchange.keepRequestBody()
        attempt.recordPlace = exchange.record.attempts.count
        exchange.record.attempts.append(
            AttemptRecord(
                provider: provider.name, providerKind: provider.kind.name, upstreamModel: model, region: target.region,
                spanID: SpanID(random.next()), startedAfter: (loop.now - exchange.startedAt).nanoseconds))
        return attempt
    }

    /// What cannot be said in the provider's format is refused before anything is tried.
    private func makeBody(
        _ exchange: Exchange, _ call: Call, _ provider: Provider, _ model: String, goingOnWith said: ByteBuffer?
    ) throws(Ending) -> UpstreamBody {
        do throws(GatewayError) {
            return try UpstreamBody(exchange, call, provider, model: model, goingOnWith: said)
        } catch {
            throw .failed(error)
        }
    }

    private func send(_ exchange: Exchange, _ call: Call, _ running: RunningAttempt) {
        let request = UpstreamRequest(
            exchange: exchange, call: call, provider: running.provider, upstream: running.upstream,
            proof: running.proof, body: running.body,
            spanID: exchange.record.attempts[running.attempt.recordPlace].spanID)
        running.attempt.send(
            request.pieces, method: exchange.request.method, limit: contentLimit(exchange, call, running.attempt),
            mayUpgrade: call.isSession)
        running.forgetBytes()
    }

    /// Nanoseconds until an attempt's first content. An answer in one piece takes as long as all of it: while something
    /// else may answer in its place, it has half of the time that is left.
    private func contentLimit(_ exchange: Exchange, _ call: Call, _ attempt: Attempt) -> Int64? {
        if call.streams { return attempt.timeouts.firstToken }
        guard !attempt.wakesAtHead, call.leg.plan.hasMore || !call.fallbacks.isEmpty else { return nil }
        return exchange.timeLeft / 2
    }
}

extension Attempt {
    /// Whether the exchange's task can go on: it has the whole answer, a failure, or what it was waiting for.
    fileprivate func hasEnough(for call: Call) -> Bool {
        if isComplete || failure != nil { return true }
        guard let head else { return false }
        if call.isPassthrough || call.passesAsItComes && head.status == 200 { return true }
        if call.isSession && head.status == 101 { return true }
        if call.endpoint.object != nil && head.status == 200 && head.streamFraming != nil { return true }
        if call.streams && head.status == 200 && head.streamFraming != nil { return true }
        return held.readableBytes > Limits.responseHoldBytesMax
    }
}
