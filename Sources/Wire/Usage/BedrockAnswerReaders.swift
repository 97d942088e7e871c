import Core

/// Reads Bedrock's Converse: a JSON answer, or events whose names stand in the headers of an AWS event stream.
struct ConverseAnswerReader: AnswerReader {
    var observation = AnswerObservation()

    mutating func observe(piece: JSONObjectView, name: UnsafeRawBufferPointer) {
        if name.isText("contentBlockDelta") {
            if let delta = piece.member("delta") { observation.sawContent(ContentScale.weigh(piece.value(delta))) }
        } else if name.isText("contentBlockStart") {
            observation.sawContent = true
        } else if name.isText("messageStop") {
            if let reason = piece.string("stopReason") { observation.finishReason = reason }
            observation.sawTerminal = true
        } else if name.isText("metadata") {
            take(piece)
        } else if name.hasEnding("Exception") || name.isText("error") {
            observation.sawError = true
        }
    }

    mutating func observe(_ answer: JSONObjectView) {
        if let reason = answer.string("stopReason") { observation.finishReason = reason }
        observation.sawTerminal = true
        if let output = answer.object("output"), let message = output.member("message") {
            observation.sawContent(ContentScale.weigh(output.value(message)))
        } else if answer.member("message") != nil || answer.member("Message") != nil {
            observation.sawError = true
        }
        take(answer)
    }

    private mutating func take(_ answer: JSONObjectView) {
        if let stated = answer.object("usage").flatMap(BedrockUsage.converse) { observation.state(stated) }
        if let tier = answer.object("serviceTier")?.string("type") { observation.serviceTier = tier }
    }
}

/// Reads what a model itself says behind Bedrock's `invoke`: Claude's messages, and of other models what they state.
/// A stream's chunks stand as base64 in the events of an AWS event stream; the last one has Bedrock's own count,
/// which holds where the model states none.
struct InvokeAnswerReader: AnswerReader {
    private var messages = AnthropicAnswerReader()
    private var decoded: [UInt8] = []

    var observation: AnswerObservation {
        get { messages.observation }
        set { messages.observation = newValue }
    }

    mutating func observe(piece: JSONObjectView, name: UnsafeRawBufferPointer) {
        if name.hasEnding("Exception") || name.isText("error") {
            observation.sawError = true
            return
        }
        guard let member = piece.member("bytes"), member.kind == .string else { return }
        decoded.removeAll(keepingCapacity: true)
        guard Base64.decode(piece.value(member).insideQuotes, into: &decoded) else {
            observation.unreadableEvents += 1
            return
        }
        var isRead = false
        var chunk: [UInt8] = []
        swap(&chunk, &decoded)
        chunk.withUnsafeBytes { bytes in
            guard let view = JSONObjectView(bytes) else { return }
            isRead = true
            observe(chunk: view)
        }
        swap(&chunk, &decoded)
        if !isRead { observation.unreadableEvents += 1 }
    }

    private mutating func observe(chunk: JSONObjectView) {
        if chunk.member("type") != nil {
            messages.observe(piece: chunk, name: UnsafeRawBufferPointer(start: nil, count: 0))
        } else {
            observeForeign(chunk)
        }
        guard let metrics = chunk.object("amazon-bedrock-invocationMetrics") else { return }
        observation.sawTerminal = true
        if observation.usageSource == .provider && !observation.usageIsPartial { return }
        if let stated = BedrockUsage.metrics(metrics) { observation.state(stated) }
    }

    mutating func observe(_ answer: JSONObjectView) {
        if answer.string("type") == "message" || answer.string("type") == "error" {
            messages.observe(answer)
        } else {
            observeForeign(answer)
            observation.sawTerminal = true
        }
    }

    private mutating func observeForeign(_ answer: JSONObjectView) {
        var weight = ContentWeight()
        for member in answer.members {
            // Nova's answer and Titan's stand under names that elsewhere repeat what was said.
            let isAnswer = answer.isNamed(member, "output") || answer.isNamed(member, "results")
            let value = answer.value(member)
            weight +=
                isAnswer ? ContentScale.weigh(value) : ContentScale.weigh(value, named: answer.bytes.name(member))
        }
        if weight != ContentWeight() || answer.member("embedding") != nil { observation.sawContent(weight) }
        // Amazon's Nova writes Converse's answer, in a stream each event inside an object of its name.
        let reason =
            answer.string("stop_reason") ?? answer.string("stopReason")
            ?? answer.object("messageStop")?.string("stopReason")
        if let reason { observation.finishReason = reason }
        let usage = answer.object("usage") ?? answer.object("metadata")?.object("usage")
        if let stated = usage.flatMap({ BedrockUsage.converse($0) ?? OpenAIUsage.chat($0, .standard) }) {
            observation.state(stated)
        } else if let stated = BedrockUsage.bare(answer, after: observation.usage) {
            observation.state(stated)
        }
    }
}
