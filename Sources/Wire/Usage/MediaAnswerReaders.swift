import Core

/// Reads OpenAI's images, streamed as named events or not. Older models state no tokens; theirs are billed by the
/// piece.
struct ImagesAnswerReader: AnswerReader {
    var observation = AnswerObservation()

    mutating func observe(piece: JSONObjectView, name: UnsafeRawBufferPointer) {
        let kind = piece.string("type") ?? ""
        if kind.hasSuffix(".completed") {
            observation.sawTerminal = true
            take(piece, images: 1)
        } else if piece.member("error")?.kind == .object || kind == "error" {
            observation.sawError = true
        }
        if piece.member("b64_json") != nil { observation.sawContent = true }
    }

    mutating func observe(_ answer: JSONObjectView) {
        observation.sawError = answer.member("error")?.kind == .object
        observation.sawTerminal = true
        guard let data = answer.member("data"), data.kind == .array else { return }
        observation.sawContent = true
        var images = 0
        JSONScanner.forEachElement(of: answer.value(data)) { _ in images += 1 }
        take(answer, images: images)
    }

    private mutating func take(_ answer: JSONObjectView, images: Int) {
        var usage = observation.usage
        if let stated = answer.object("usage").flatMap(OpenAIUsage.images) {
            usage = stated
        } else {
            usage.images += images
        }
        observation.state(usage)
    }
}

/// Reads OpenAI's transcriptions and translations, streamed as named events or not, and the events of streamed
/// speech.
struct AudioAnswerReader: AnswerReader {
    var observation = AnswerObservation()

    mutating func observe(piece: JSONObjectView, name: UnsafeRawBufferPointer) {
        let kind = piece.string("type") ?? ""
        switch kind {
        case "transcript.text.delta":
            if let delta = piece.member("delta"), delta.kind == .string {
                var weight = ContentWeight()
                weight.add(inside: piece.value(delta).insideQuotes)
                observation.sawContent(weight)
            }
        case "speech.audio.delta":
            observation.sawContent = true
        case "transcript.text.done", "speech.audio.done", "transcription.done":
            observation.sawTerminal = true
            take(piece, speaks: kind == "speech.audio.done")
        default:
            if piece.member("error")?.kind == .object || kind == "error" { observation.sawError = true }
        }
    }

    mutating func observe(_ answer: JSONObjectView) {
        observation.sawError = answer.member("error")?.kind == .object
        observation.sawTerminal = true
        if let text = answer.member("text"), text.kind == .string {
            var weight = ContentWeight()
            weight.add(inside: answer.value(text).insideQuotes)
            observation.sawContent(weight)
        }
        take(answer, speaks: false)
    }

    private mutating func take(_ answer: JSONObjectView, speaks: Bool) {
        if let model = answer.string("model") { observation.servedModel = model }
        if let stated = answer.object("usage").flatMap({ OpenAIUsage.audio($0, speaks: speaks) }) {
            observation.state(stated)
        } else if let milliseconds = answer.milliseconds("duration") {
            // Servers that state no usage state the length of what they heard.
            var usage = TokenUsage()
            usage.audioMilliseconds = milliseconds
            observation.state(usage)
        }
    }
}
