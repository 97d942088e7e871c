import Core
import NIOCore
import NIOHTTP1

/// The header fields of an answer, as the dialect's provider sends them.
struct AnswerHeaders {
    let dialect: SimulatedDialect
    /// Unlike the ids in bodies it differs from call to call, as it does at the providers.
    let requestID: String
    private(set) var fields = HTTPHeaders()

    init(_ dialect: SimulatedDialect, seed: UInt64) {
        self.dialect = dialect
        var random = RandomSource(seed: seed)
        switch dialect {
        case .openAI:
            requestID = random.hexadecimal("req_", 32)
            fields.add(name: "x-request-id", value: requestID)
            fields.add(name: "openai-version", value: "2020-10-01")
        case .anthropic:
            requestID = random.identifier("req_01", 22)
            fields.add(name: "request-id", value: requestID)
        case .bedrock:
            requestID = random.hexadecimal("", 32)
            fields.add(name: "x-amzn-requestid", value: requestID)
        // Their servers tell of none.
        case .gemini, .cohere, .ollama: requestID = random.hexadecimal("", 16)
        }
    }

    mutating func add(_ name: String, _ value: String) { fields.replaceOrAdd(name: name, value: value) }

    /// What says of an error which one it is, where the body does not.
    mutating func addError(_ error: ProviderError) {
        if dialect == .bedrock { add("x-amzn-errortype", error.bedrockType) }
    }

    mutating func addProcessing(_ time: TimeAmount) {
        guard dialect == .openAI else { return }
        add("openai-processing-ms", String(max(1, time.nanoseconds / 1_000_000)))
    }

    mutating func addRate(_ state: RateState, unixMilliseconds: Int64) {
        switch dialect {
        case .openAI:
            for (name, window) in [("requests", state.requests), ("tokens", state.tokens)] {
                add("x-ratelimit-limit-\(name)", String(window.limit))
                add("x-ratelimit-remaining-\(name)", String(window.remaining))
                add("x-ratelimit-reset-\(name)", Self.duration(nanoseconds: window.resetNanoseconds))
            }
        case .anthropic:
            let windows = [
                ("requests", state.requests), ("tokens", state.tokens), ("input-tokens", state.tokens),
                ("output-tokens", state.tokens),
            ]
            for (name, window) in windows {
                let full = unixMilliseconds + window.resetNanoseconds / 1_000_000 + 999
                add("anthropic-ratelimit-\(name)-limit", String(window.limit))
                add("anthropic-ratelimit-\(name)-remaining", String(window.remaining))
                add("anthropic-ratelimit-\(name)-reset", WallClock.rfc3339(unixSeconds: full / 1000))
            }
        case .gemini, .bedrock, .cohere, .ollama: break
        }
    }

    mutating func addRetry(_ hint: Fault.RetryHint, milliseconds: Int64, unixMilliseconds: Int64) {
        let seconds = (milliseconds + 999) / 1000
        switch hint {
        case .seconds: add("retry-after", String(seconds))
        case .milliseconds: add("retry-after-ms", String(milliseconds))
        case .date:
            let date = (unixMilliseconds + milliseconds + 999) / 1000
            add("retry-after", WallClock.httpDate(unixSeconds: date))
        }
    }

    /// OpenAI's spelling: `6ms`, `1.5s`, `6m0s`.
    static func duration(nanoseconds: Int64) -> String {
        let milliseconds = nanoseconds / 1_000_000
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        let seconds = milliseconds / 1000
        if seconds >= 60 { return "\(seconds / 60)m\(seconds % 60)s" }
        let rest = milliseconds % 1000
        guard rest > 0 else { return "\(seconds)s" }
        var digits = String(1000 + rest).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(seconds).\(digits)s"
    }
}
