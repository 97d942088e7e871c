import NIOCore

/// `text_completion`, whole and in chunks of the same shape.
struct OpenAICompletionForm: AnswerForm {
    let generation: Generation
    let includesUsage: Bool

    func whole() -> SimulatorJSON {
        let choices = generation.choices.enumerated().map { index, choice in
            Self.choice(
                index, choice.blocks.flatMap(\.pieces).joined(), .string(OpenAIChatForm.reason(choice.finish)))
        }
        return envelope.adding(["choices": .array(choices), "usage": OpenAIChatForm.usage(generation.usage)])
    }

    func write(_ event: StreamEvent, into buffer: inout ByteBuffer) {
        switch event {
        case .start, .blockStart, .blockStop: break
        case .piece(let choice, _, let text): chunk([Self.choice(choice, text, nil)], usage: nil, into: &buffer)
        case .finish(let choice):
            let reason = OpenAIChatForm.reason(generation.choices[choice].finish)
            chunk([Self.choice(choice, "", .string(reason))], usage: nil, into: &buffer)
        case .usage:
            if includesUsage { chunk([], usage: OpenAIChatForm.usage(generation.usage), into: &buffer) }
        case .done: buffer.writeStaticString("data: [DONE]\n\n")
        }
    }

    func write(_ error: ProviderError, requestID: String, into buffer: inout ByteBuffer) {
        ServerSentEvent.write(nil, error.body(.openAI, requestID: requestID), into: &buffer)
    }

    private var envelope: SimulatorJSON {
        [
            "id": .string("cmpl-" + generation.id), "object": "text_completion",
            "created": .integer(generation.created), "model": .string(generation.model),
        ]
    }

    private static func choice(_ index: Int, _ text: String, _ reason: SimulatorJSON) -> SimulatorJSON {
        ["text": .string(text), "index": .integer(index), "logprobs": nil, "finish_reason": reason]
    }

    private func chunk(_ choices: SimulatorJSON, usage: SimulatorJSON, into buffer: inout ByteBuffer) {
        let chunk = envelope.adding(["choices": choices])
        ServerSentEvent.write(nil, includesUsage ? chunk.adding(["usage": usage]) : chunk, into: &buffer)
    }
}
