import NIOCore

/// The client wants to know how likely each token of the answer was.
struct LogprobsWish: Sendable {
    /// Tokens to be told at each place beside the one that was chosen; nil: none.
    var alternatives: RawJSON?

    /// Whether any are wanted.
    var wantsAlternatives: Bool { (alternatives?.integer ?? 0) > 0 }
}

/// How likely a token of an answer was, and what could have stood in its place.
struct TokenLogprob: Sendable {
    struct Candidate: Sendable {
        let token: RawText
        /// The natural logarithm of its probability.
        let logprob: RawJSON
        /// Its bytes as a list, where they were told: a token need not be whole characters.
        var bytes: RawJSON?
    }

    let chosen: Candidate
    var alternatives: [Candidate] = []
}

extension TokenLogprob {
    /// OpenAI's chat and Responses, and Ollama, write them alike.
    /// - Parameter list: the member that holds the array.
    static func read(_ view: JSONObjectView?, _ list: StaticString) -> [TokenLogprob] {
        entries(view, list).compactMap { entry in
            candidate(entry, "logprob").map { chosen in
                TokenLogprob(
                    chosen: chosen,
                    alternatives: entries(entry, "top_logprobs").compactMap { candidate($0, "logprob") })
            }
        }
    }

    /// Gemini's `logprobsResult`: the chosen in one list, and those for each place in another.
    static func readGemini(_ result: JSONObjectView?) -> [TokenLogprob] {
        let places = entries(result, "topCandidates")
        return entries(result, "chosenCandidates").enumerated().compactMap { place, entry in
            candidate(entry, "logProbability").map { chosen in
                let others = places.indices.contains(place) ? entries(places[place], "candidates") : []
                return TokenLogprob(
                    chosen: chosen, alternatives: others.compactMap { candidate($0, "logProbability") })
            }
        }
    }

    /// An item of Cohere's: a piece of text of one token or more, whose probabilities together are the piece's.
    static func readCohere(_ item: JSONObjectView) -> TokenLogprob? {
        guard let text = item.inside("text"), let list = item.member("logprobs"), list.kind == .array else {
            return nil
        }
        var numbers: [UnsafeRawBufferPointer] = []
        JSONScanner.forEachElement(of: item.value(list)) { numbers.append($0) }
        let logprob: RawJSON
        if numbers.count == 1 {
            logprob = RawJSON(kind: .number, ByteBuffer(bytes: numbers[0]))
        } else {
            let sum = numbers.reduce(0) { $0 + (Double(String(decoding: $1, as: UTF8.self)) ?? 0) }
            logprob = .number(sum)
        }
        return TokenLogprob(chosen: Candidate(token: RawText(escaped: ByteBuffer(bytes: text)), logprob: logprob))
    }

    private static func candidate(_ view: JSONObjectView, _ logprob: StaticString) -> Candidate? {
        guard let token = view.inside("token"), let number = view.member(logprob), number.kind == .number else {
            return nil
        }
        let bytes = view.member("bytes").flatMap { $0.kind == .array ? $0 : nil }
        return Candidate(
            token: RawText(escaped: ByteBuffer(bytes: token)),
            logprob: RawJSON(kind: .number, ByteBuffer(bytes: view.value(number))),
            bytes: bytes.map { RawJSON(kind: .array, ByteBuffer(bytes: view.value($0))) })
    }

    private static func entries(_ view: JSONObjectView?, _ name: StaticString) -> [JSONObjectView] {
        guard let view, let list = view.member(name), list.kind == .array else { return [] }
        var entries: [JSONObjectView] = []
        JSONScanner.forEachElement(of: view.value(list)) { element in
            if let entry = JSONObjectView(element) { entries.append(entry) }
        }
        return entries
    }
}

extension RawJSON {
    /// - Parameter number: one that JSON can say.
    static func number(_ number: Double) -> RawJSON {
        RawJSON(kind: .number, ByteBuffer(string: number.isFinite ? "\(number)" : "-9999.0"))
    }
}

extension JSONWriter {
    /// The list of OpenAI's chat and Responses.
    mutating func logprobs(_ tokens: [TokenLogprob]) {
        beginArray()
        for token in tokens {
            beginObject()
            members(of: token.chosen)
            key("top_logprobs")
            beginArray()
            for candidate in token.alternatives {
                beginObject()
                members(of: candidate)
                endObject()
            }
            endArray()
            endObject()
        }
        endArray()
    }

    private mutating func members(of candidate: TokenLogprob.Candidate) {
        member("token", candidate.token)
        member("logprob", candidate.logprob)
        if let bytes = candidate.bytes { return member("bytes", bytes) }
        key("bytes")
        beginArray()
        for byte in candidate.token.string.utf8 { value(Int(byte)) }
        endArray()
    }

    /// Gemini's `logprobsResult`.
    mutating func geminiLogprobs(_ tokens: [TokenLogprob]) {
        beginObject()
        key("chosenCandidates")
        beginArray()
        for token in tokens { gemini(token.chosen) }
        endArray()
        if tokens.contains(where: { !$0.alternatives.isEmpty }) {
            key("topCandidates")
            beginArray()
            for token in tokens {
                beginObject()
                key("candidates")
                beginArray()
                for candidate in token.alternatives { gemini(candidate) }
                endArray()
                endObject()
            }
            endArray()
        }
        endObject()
    }

    private mutating func gemini(_ candidate: TokenLogprob.Candidate) {
        beginObject()
        member("token", candidate.token)
        member("logProbability", candidate.logprob)
        endObject()
    }
}
