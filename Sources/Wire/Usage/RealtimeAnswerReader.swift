import Core

/// Reads the events of OpenAI's Realtime: each response of a session states its own usage when it is done, and what
/// hears the user states another (OpenAI's API reference, "Server events").
struct RealtimeAnswerReader: AnswerReader {
    var observation = AnswerObservation()
    private var sum = TokenUsage()

    mutating func observe(piece: JSONObjectView, name: UnsafeRawBufferPointer) {
        guard let type = piece.inside("type") else { return }
        if type.isText("response.done") {
            guard let response = piece.object("response") else { return }
            observation.sawContent = true
            if let usage = response.object("usage").flatMap(OpenAIUsage.realtime) { add(usage) }
        } else if type.isText("conversation.item.input_audio_transcription.completed") {
            if let usage = piece.object("usage").flatMap({ OpenAIUsage.audio($0, speaks: false) }) { add(usage) }
        } else if type.isText("session.created") || type.isText("session.updated") {
            if let model = piece.object("session")?.string("model") { observation.servedModel = model }
        }
    }

    mutating func observe(_ answer: JSONObjectView) { observation.sawError = answer.member("error") != nil }

    private mutating func add(_ usage: TokenUsage) {
        sum += usage
        observation.state(sum)
    }
}
