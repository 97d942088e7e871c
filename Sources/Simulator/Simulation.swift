import Core
import NIOCore
import NIOHTTP1

/// What a connection is to do about a request.
enum Reaction {
    case answer(Answer)
    /// Close without a byte.
    case refuse
    /// Reset without a byte.
    case reset
    /// Never answer.
    case stall
}

/// An answer that begins with a head.
struct Answer {
    let status: Int
    let headers: HTTPHeaders
    let script: AnswerScript
}

/// The simulated provider: a request goes in, what to do about it comes out. No socket, no clock.
///
/// The phases, in order: endpoint, key, `x-simulate`, body, schedule, what the model would say, rate limits, faults.
struct Simulation {
    let settings: SimulatorSettings
    private var limiter: RateLimiter
    private var sequence: UInt64 = 0
    private let startedAt: Int64

    init(settings: SimulatorSettings, now: Int64) {
        self.settings = settings
        startedAt = now
        limiter = RateLimiter(
            requestsPerMinute: settings.requestsPerMinute, tokensPerMinute: settings.tokensPerMinute, now: now
        )
    }

    /// - Parameter now: nanoseconds of a clock that only goes forward.
    mutating func react(to request: SimulatorRequest, now: Int64) -> Reaction {
        let endpoint = SimulatedEndpoint(path: request.path)
        let bodySeed = Seed.hash(path: request.path, body: request.body)
        var headers = nextHeaders(request, bodySeed: bodySeed)
        do throws(ProviderError) {
            guard let endpoint else { throw Self.unknownPath(request) }
            guard request.method == endpoint.method else { throw Self.otherMethod(request) }
            switch endpoint {
            case .health: return whole(["status": "ok"], headers)
            case .models:
                try authorize(request)
                return whole(ModelList.whole, headers)
            case .geminiModels:
                try authorize(request)
                return whole(ModelList.gemini, headers)
            case .model(let name):
                try authorize(request)
                guard ModelWord.all.contains(name) else { throw ProviderError(status: 404) }
                return whole(ModelList.model(name), headers)
            default:
                try authorize(request)
                return try infer(request, endpoint, bodySeed: bodySeed, now: now, &headers)
            }
        } catch {
            return failure(error, headers)
        }
    }

    /// What becomes of a call for which there is no slot.
    mutating func refuse(_ request: SimulatorRequest) -> Reaction {
        var headers = nextHeaders(request, bodySeed: Seed.hash(path: request.path, body: request.body))
        if settings.slotRefusal == .rateLimited {
            headers.addRetry(
                .seconds, milliseconds: Self.retryMilliseconds, unixMilliseconds: settings.unixMilliseconds())
        }
        return failure(ProviderError(status: settings.slotRefusal.rawValue), headers)
    }

    private mutating func nextHeaders(_ request: SimulatorRequest, bodySeed: UInt64) -> AnswerHeaders {
        sequence += 1
        let dialect = SimulatedEndpoint(path: request.path)?.dialect ?? Self.dialect(ofUnknown: request.path)
        return AnswerHeaders(dialect, seed: Seed.mix(bodySeed, sequence))
    }

    private mutating func infer(
        _ request: SimulatorRequest, _ endpoint: SimulatedEndpoint, bodySeed: UInt64, now: Int64,
        _ headers: inout AnswerHeaders
    ) throws(ProviderError) -> Reaction {
        var header = try Self.simulateHeader(request)
        let body = try Self.body(request, endpoint.dialect)
        let model: String
        switch endpoint {
        case .gemini(_, let name), .converse(let name, _): model = name
        default: model = try BodyReader(body: body, dialect: endpoint.dialect).model()
        }
        settings.schedule.apply(
            to: &header, model: model, pace: settings.pace, elapsed: now - startedAt, sequence: sequence)
        let directive = Directive(
            model: model, header: header, pace: settings.pace, bodySeed: bodySeed, sequence: sequence
        )
        let content = try ModelAnswer(
            endpoint, body, model: model, streamsEvents: request.target.contains("alt=sse"), directive)
        let unix = settings.unixMilliseconds()
        let refusal = limiter.admit(tokens: content.tokens, now: now)
        headers.addRate(limiter.state(tokens: content.tokens), unixMilliseconds: unix)
        if let refusal {
            let milliseconds = refusal.waitNanoseconds / 1_000_000 + 1
            headers.addRetry(.seconds, milliseconds: milliseconds, unixMilliseconds: unix)
            return failure(Self.rateLimited(refusal, model: model), headers)
        }
        switch directive.fault {
        case .refuse: return .refuse
        case .reset: return .reset
        case .stallFirst: return .stall
        case .status(let status): return failure(ProviderError(status: status), headers)
        case .rateLimited(let hint):
            headers.addRetry(hint, milliseconds: Self.retryMilliseconds, unixMilliseconds: unix)
            return failure(ProviderError(status: 429), headers)
        default: return answer(content, directive, headers)
        }
    }
}

extension Simulation {
    /// What `http-429-seconds`, `-date` and `-ms` ask the client to wait.
    static let retryMilliseconds: Int64 = 1500

    private func answer(_ content: ModelAnswer, _ directive: Directive, _ headers: AnswerHeaders) -> Reaction {
        var headers = headers
        let status = headers.dialect == .anthropic ? 529 : 500
        let error = ProviderError(status: status)
        switch content {
        case .stream(let form, let generation):
            headers.add("content-type", form.contentType)
            headers.add("cache-control", "no-cache")
            headers.addProcessing(directive.firstToken)
            let events = StreamEvent.all(of: generation)
            let script = AnswerScript.stream(
                events, form: form, directive: directive, error: error, requestID: headers.requestID)
            return .answer(Answer(status: 200, headers: headers.fields, script: script))
        case .whole(let json, _, let madeTokens):
            let told = error.body(headers.dialect, requestID: headers.requestID)
            let body = (directive.fault == .errorAfter200 ? told : json).written()
            let (script, length) = AnswerScript.whole(body, directive: directive, tokens: madeTokens)
            headers.add("content-type", "application/json")
            headers.add("content-length", String(length))
            headers.addProcessing(directive.unstreamedTime(tokens: madeTokens))
            return .answer(Answer(status: 200, headers: headers.fields, script: script))
        }
    }

    private func failure(_ error: ProviderError, _ headers: AnswerHeaders) -> Reaction {
        var headers = headers
        headers.addError(error)
        return whole(error.body(headers.dialect, requestID: headers.requestID), headers, status: error.status)
    }

    private func whole(_ json: SimulatorJSON, _ headers: AnswerHeaders, status: Int = 200) -> Reaction {
        let body = json.written()
        var headers = headers
        headers.add("content-type", "application/json")
        headers.add("content-length", String(body.readableBytes))
        let script = AnswerScript([.bytes(body)], form: nil, directive: nil, wait: .zero, ending: .complete)
        return .answer(Answer(status: status, headers: headers.fields, script: script))
    }

    private func authorize(_ request: SimulatorRequest) throws(ProviderError) {
        guard let requiredKey = settings.requiredKey else { return }
        if request.header("x-api-key") == requiredKey || request.header("x-goog-api-key") == requiredKey { return }
        if request.header("authorization") == "Bearer " + requiredKey { return }
        throw ProviderError(status: 401)
    }

    private static func simulateHeader(_ request: SimulatorRequest) throws(ProviderError) -> SimulateHeader {
        guard let text = request.header(SimulateHeader.name) else { return SimulateHeader() }
        do {
            return try SimulateHeader(parsing: text)
        } catch {
            throw ProviderError(status: 400, message: error.message, parameter: SimulateHeader.name)
        }
    }

    private static func body(
        _ request: SimulatorRequest, _ dialect: SimulatedDialect
    ) throws(ProviderError) -> SimulatorJSON {
        do {
            return try SimulatorJSON(parsing: request.body)
        } catch {
            let place = "\(error.message) at byte \(error.offset)"
            let message =
                dialect == .openAI
                ? "We could not parse the JSON body of your request: \(place)."
                : "The request body is not valid JSON: \(place)"
            throw ProviderError(status: 400, message: message)
        }
    }

    private static func dialect(ofUnknown path: Substring) -> SimulatedDialect {
        let prefixes: KeyValuePairs<String, SimulatedDialect> = [
            "/v1beta/": .gemini, "/model/": .bedrock, "/v2/": .cohere, "/api/": .ollama,
        ]
        if let known = prefixes.first(where: { path.hasPrefix($0.key) }) { return known.value }
        return path.hasPrefix("/v1/messages") ? .anthropic : .openAI
    }

    private static func unknownPath(_ request: SimulatorRequest) -> ProviderError {
        ProviderError(status: 404, message: "Invalid URL (\(request.method) \(request.path))", code: "unknown_url")
    }

    private static func otherMethod(_ request: SimulatorRequest) -> ProviderError {
        let message = "Not allowed to \(request.method) on \(request.path)."
        return ProviderError(status: 405, message: message, code: "method_not_supported")
    }

    private static func rateLimited(_ refusal: RateLimiter.Refusal, model: String) -> ProviderError {
        let kind = refusal.isRequests ? "requests per min (RPM)" : "tokens per min (TPM)"
        let wait = AnswerHeaders.duration(nanoseconds: refusal.waitNanoseconds + 1_000_000)
        return ProviderError(
            status: 429,
            message: "Rate limit reached for \(model) on \(kind): Limit \(refusal.limit). Please try again in \(wait).",
            code: "rate_limit_exceeded",
            openAIType: refusal.isRequests ? "requests" : "tokens"
        )
    }
}
