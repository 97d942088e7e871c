import Core

/// Reads OpenAI's Responses, streamed as named events or not. A stream has no `[DONE]`: it ends with the response in
/// its last state, which has the usage (OpenAI's API reference, "Streaming events").
struct ResponsesAnswerReader: AnswerReader {
    var observation = AnswerObservation()
    let flavour: UsageFlavour
    private(set) var place = ResponsesPlace()
    /// Searches that were done so far; the last response lists them all again.
    private var searches = 0

    init(flavour: UsageFlavour) { self.flavour = flavour }

    mutating func observe(piece: JSONObjectView, name: UnsafeRawBufferPointer) {
        guard let type = piece.member("type"), type.kind == .string else { return }
        let kind = piece.value(type).insideQuotes
        defer { place.observe(piece, isTerminal: observation.sawTerminal) }
        if kind.hasEnding(".delta") {
            // The delta of sound is base64 and no text.
            guard !kind.isText("response.output_audio.delta") && !kind.isText("response.audio.delta") else {
                observation.sawContent = true
                return
            }
            if let delta = piece.member("delta"), delta.kind == .string {
                var weight = ContentWeight()
                weight.add(inside: piece.value(delta).insideQuotes)
                observation.sawContent(weight)
            }
        } else if kind.isText("response.output_item.done") {
            observation.sawContent = true
            if let item = piece.member("item"), Self.isSearch(piece.value(item)) { searches += 1 }
        } else if let response = piece.object("response") {
            takeResponse(response)
            let isFailed = kind.isText("response.failed")
            if isFailed { observation.sawError = true }
            if isFailed || kind.isText("response.completed") || kind.isText("response.incomplete") {
                observation.sawTerminal = true
            }
        } else if kind.isText("error") {
            observation.sawError = true
            observation.sawTerminal = true
        }
        observation.usage.webSearches = searches
    }

    mutating func observe(_ answer: JSONObjectView) {
        takeResponse(answer)
        if let output = answer.member("output"), output.kind == .array {
            JSONScanner.forEachElement(of: answer.value(output)) { observation.sawContent(ContentScale.weigh($0)) }
        }
        observation.sawTerminal = true
        observation.usage.webSearches = searches
    }

    private mutating func takeResponse(_ response: JSONObjectView) {
        if observation.objectID == nil { observation.objectID = response.string("id") }
        if let model = response.string("model") { observation.servedModel = model }
        // Before the answer begins, the tier may be the one that was asked for.
        if let tier = response.string("service_tier"), tier != "auto" { observation.serviceTier = tier }
        if response.member("error")?.kind == .object { observation.sawError = true }
        if let reason = response.object("incomplete_details")?.string("reason") {
            observation.finishReason = reason
        } else if let status = response.string("status"), status != "in_progress", status != "queued" {
            observation.finishReason = status
        }
        if let output = response.member("output"), output.kind == .array {
            var listed = 0
            JSONScanner.forEachElement(of: response.value(output)) { if Self.isSearch($0) { listed += 1 } }
            searches = max(searches, listed)
        }
        guard let usage = response.object("usage") else { return }
        if let stated = OpenAIUsage.responses(usage, flavour) { observation.state(stated) }
        if let cost = OpenAIUsage.cost(usage, flavour) { observation.statedCost = cost }
    }

    /// Opening a page and looking for a word in it are calls of the same tool that cost nothing (OpenAI's guide to
    /// the web search tool).
    private static func isSearch(_ item: UnsafeRawBufferPointer) -> Bool {
        guard let item = JSONObjectView(item), item.string("type") == "web_search_call" else { return false }
        return (item.object("action")?.string("type") ?? "search") == "search"
    }
}

extension UnsafeRawBufferPointer {
    func hasEnding(_ ending: StaticString) -> Bool {
        UnsafeRawBufferPointer(rebasing: suffix(ending.utf8CodeUnitCount)).isText(ending)
    }
}
