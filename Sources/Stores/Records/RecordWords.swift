import Core

/// A record's words as numbers of its day.
struct RecordWords {
    var project: Int32 = 0
    var endpoint: Int32 = 0
    var method: Int32 = 0
    var key: Int32 = 0
    var client: Int32 = 0
    var model: Int32 = 0
    var route: Int32 = 0
    var errorCode: Int32 = 0
    var finishReason: Int32 = 0
    var feature: Int32 = 0
    var team: Int32 = 0
    var environment: Int32 = 0
    var prompt: Int32 = 0
    var user: Int32 = 0
    var session: Int32 = 0
    var fallback: Int32 = 0
    var cache: Int32 = 0
    var attempts: [AttemptWords] = []

    init(_ record: ExchangeRecord, _ strings: StringTable) throws {
        project = try strings.number(record.project)
        endpoint = try strings.number(record.endpoint)
        method = try strings.number(record.method)
        key = try strings.number(record.key)
        client = try strings.number(record.client)
        model = try strings.number(record.model)
        route = try strings.number(record.route)
        errorCode = try strings.number(record.errorCode?.rawValue)
        finishReason = try strings.number(record.finishReason)
        fallback = try strings.number(record.fallback)
        cache = try strings.number(record.cache)
        for tag in record.tags.entries {
            switch tag.name {
            case "feature": feature = try strings.number(tag.value)
            case "team": team = try strings.number(tag.value)
            case "environment": environment = try strings.number(tag.value)
            case "prompt": prompt = try strings.number(tag.value)
            case "user": user = try strings.number(tag.value)
            case "session": session = try strings.number(tag.value)
            default: break
            }
        }
        attempts.reserveCapacity(record.attempts.count)
        for attempt in record.attempts { attempts.append(try AttemptWords(attempt, strings)) }
    }
}

struct AttemptWords {
    var provider: Int32
    var kind: Int32
    var upstreamModel: Int32
    var servedModel: Int32
    var serviceTier: Int32
    var region: Int32
    var errorCode: Int32

    init(_ attempt: AttemptRecord, _ strings: StringTable) throws {
        provider = try strings.number(attempt.provider)
        kind = try strings.number(attempt.providerKind)
        upstreamModel = try strings.number(attempt.upstreamModel)
        servedModel = try strings.number(attempt.servedModel)
        serviceTier = try strings.number(attempt.serviceTier)
        region = try strings.number(attempt.region)
        errorCode = try strings.number(attempt.errorCode?.rawValue)
    }
}

extension SeriesKey {
    init(_ record: ExchangeRecord, _ words: RecordWords, _ attempt: AttemptWords?, outcome: Int32) {
        numbers = SIMD16(
            words.project, words.key, words.team, words.feature, words.environment, words.prompt, words.route,
            words.model, attempt?.provider ?? 0, attempt?.upstreamModel ?? 0, attempt?.servedModel ?? 0,
            attempt?.region ?? 0, words.endpoint, outcome, words.errorCode, Int32(record.status))
    }
}
