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
}

/// Why a model stopped.
enum FinishReason: Equatable {
    case stop, stopSequence, length, toolCalls
    /// What was asked or answered was not let through.
    case filtered
    /// The model wants to go on in another call.
    case pause
}
