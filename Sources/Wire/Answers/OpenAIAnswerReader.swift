import Core

/// Reads chat completions, completions, embeddings and reranks in OpenAI's dialect, streamed or not.
struct OpenAIAnswerReader: AnswerReader {
    var observation = AnswerObservation()
    let flavour: UsageFlavour

    /// Choices that were begun and that were finished, a bit for each.
    private var begun: UInt64 = 0
    private var finished: UInt64 = 0

    init(flavour: UsageFlavour = .standard) { self.flavour = flavour }

    mutating func observe(piece: JSONObjectView, name: UnsafeRawBufferPointer) { observe(piece) }

    mutating func observe(_ answer: JSONObjectView) {
        for member in answer.members {
            switch member.kind {
            case .array where answer.isNamed(member, "choices"):
                observeChoices(answer.value(member))
            case .object where answer.isNamed(member, "usage"):
                take(answer.value(member))
            // Groq says its usage here in a stream, and from some models in 'usage' too: the same one.
            case .object where answer.isNamed(member, "x_groq"):
                let own = JSONObjectView(answer.value(member))
                if let usage = own?.object("usage") { take(usage.bytes) }
                if own?.string("error") != nil { observation.sawError = true }
            case .string where observation.servedModel == nil && answer.isNamed(member, "model"):
                // Azure's first chunk has an empty one.
                if member.valueRange.count > 2 { observation.servedModel = JSONText.string(answer.value(member)) }
            case .string where answer.isNamed(member, "service_tier"):
                takeTier(answer.value(member))
            case .object where answer.isNamed(member, "error"), .string where answer.isNamed(member, "error"):
                observation.sawError = true
            case .array where answer.isNamed(member, "data") || answer.isNamed(member, "results"):
                observation.sawContent = true
            default: break
            }
        }
    }

    private mutating func observeChoices(_ choices: UnsafeRawBufferPointer) {
        JSONScanner.forEachElement(of: choices) { observeChoice($0) }
        // Without '[DONE]', the stream is whole when each of its choices has said why it ended.
        if begun != 0 && begun == finished { observation.sawTerminal = true }
        if begun != finished { observation.sawTerminal = false }
    }

    private mutating func observeChoice(_ choice: UnsafeRawBufferPointer) {
        guard choice.first == UInt8(ascii: "{") else { return }
        var index = 0
        var isFinished = false
        JSONScanner.forEachMember(of: choice) { member in
            switch member.kind {
            case .number where choice.isNamed(member, "index"):
                index = JSONText.integer(choice.value(member)) ?? 0
            case .string where choice.isNamed(member, "finish_reason"):
                isFinished = true
                observation.finishReason = JSONText.string(choice.value(member))
            case .object where choice.isNamed(member, "delta") || choice.isNamed(member, "message"):
                observeMessage(choice.value(member))
            case .string where choice.isNamed(member, "text"):
                if member.valueRange.count > 2 { observation.sawContent = true }
                observation.content.add(inside: choice.value(member).insideQuotes)
            default: break
            }
        }
        let bit: UInt64 = 1 << UInt64(min(max(index, 0), 63))
        begun |= bit
        if isFinished { finished |= bit }
    }

    private mutating func observeMessage(_ message: UnsafeRawBufferPointer) {
        // Servers that renamed the member write it under both names for a while.
        var reasoning = ContentWeight()
        JSONScanner.forEachMember(of: message) { member in
            let value = message.value(member)
            let isEmpty = member.kind == .null || member.kind == .string && value.count == 2
            if isEmpty || message.isNamed(member, "role") { return }
            observation.sawContent = true
            if member.kind == .string && message.isNamed(member, "content") {
                observation.content.add(inside: value.insideQuotes)
            } else if message.isNamed(member, "reasoning") || message.isNamed(member, "reasoning_content") {
                let weight = ContentScale.weigh(value, named: message.name(member))
                if weight.tokens > reasoning.tokens { reasoning = weight }
            } else {
                observation.content += ContentScale.weigh(value, named: message.name(member))
            }
        }
        observation.content += reasoning
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer) {
        guard let usage = JSONObjectView(bytes) else { return }
        if let stated = OpenAIUsage.chat(usage, flavour) { observation.state(stated) }
        if flavour != .standard, let cost = OpenAIUsage.cost(usage, flavour) { observation.statedCost = cost }
    }

    private mutating func takeTier(_ tier: UnsafeRawBufferPointer) {
        // What was asked for and not yet chosen is not what is served.
        if !tier.insideQuotes.isText("auto") { observation.serviceTier = JSONText.string(tier) }
    }
}
