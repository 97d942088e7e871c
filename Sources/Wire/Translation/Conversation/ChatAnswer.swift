import Core

/// A model's whole answer, apart from any dialect.
struct ChatAnswer {
    var id: RawText?
    var model: RawText?
    var choices: [ChatChoice] = []
}

struct ChatChoice {
    var parts: [ChatPart] = []
    var finish = FinishReason.stop
    /// The client's own text at which the model stopped.
    var stopSequence: RawText?
    /// Of the text's tokens; empty: none were told.
    var logprobs: [TokenLogprob] = []
}

extension ChatChoice {
    /// The parts for dialects whose calls have no place for a signature: it stands in an empty block of thinking behind
    /// its call.
    var partsWithSignaturesApart: [ChatPart] {
        parts.flatMap { part in
            guard case .toolCall(let call) = part.content, call.signature != nil else { return [part] }
            return [part, ChatPart(.thinking(RawText(""), signature: call.signature))]
        }
    }
}

/// Why a model stopped.
enum FinishReason: Equatable {
    case stop, stopSequence, length, toolCalls
    /// What was asked or answered was not let through.
    case filtered
    /// The model wants to go on in another call.
    case pause
}
