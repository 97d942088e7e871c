import Core
import NIOCore

/// Gemini's `GenerateContentResponse`, whole or as the pieces of a stream: events, or the elements of one array.
struct GeminiForm: AnswerForm {
    let generation: Generation
    /// The stream is an array.
    let isArray: Bool

    func whole() -> SimulatorJSON {
        envelope(
            candidates: generation.choices.enumerated().map { index, choice in
                Self.candidate(index, choice.blocks.flatMap(Self.parts), finish: choice.finish)
            }, isLast: true)
    }

    func write(_ event: StreamEvent, into buffer: inout ByteBuffer) {
        switch event {
        case .start(let choice): if isArray, choice == 0 { buffer.writeStaticString("[") }
        case .blockStart, .usage: break
        case .piece(let choice, let block, let text):
            switch generation.choices[choice].blocks[block] {
            case .text: piece(choice, ["text": .string(text)], into: &buffer)
            case .reasoning: piece(choice, ["text": .string(text), "thought": true], into: &buffer)
            // A call comes whole.
            case .tool: break
            }
        case .blockStop(let choice, let block):
            switch generation.choices[choice].blocks[block] {
            case .text: break
            case .reasoning(_, let signature): piece(choice, Self.signed("", signature), into: &buffer)
            case .tool(_, let name, let arguments, _): piece(choice, Self.call(name, arguments), into: &buffer)
            }
        case .finish(let choice):
            let finish = Self.candidate(choice, [["text": ""]], finish: generation.choices[choice].finish)
            let isLast = choice == generation.choices.count - 1
            write(envelope(candidates: [finish], isLast: isLast), isLast: isLast, into: &buffer)
        case .done: if isArray { buffer.writeStaticString("]") }
        }
    }

    func write(_ error: ProviderError, requestID: String, into buffer: inout ByteBuffer) {
        write(error.body(.gemini, requestID: requestID), isLast: true, into: &buffer)
        if isArray { buffer.writeStaticString("]") }
    }

    private func piece(_ choice: Int, _ part: SimulatorJSON, into buffer: inout ByteBuffer) {
        let candidate = Self.candidate(choice, [part], finish: nil)
        write(envelope(candidates: [candidate], isLast: false), isLast: false, into: &buffer)
    }

    private func write(_ answer: SimulatorJSON, isLast: Bool, into buffer: inout ByteBuffer) {
        if isArray {
            answer.write(into: &buffer)
            if !isLast { buffer.writeStaticString(",\r\n") }
        } else {
            buffer.writeStaticString("data: ")
            answer.write(into: &buffer)
            buffer.writeStaticString("\r\n\r\n")
        }
    }

    // MARK: Members

    private func envelope(candidates: [SimulatorJSON], isLast: Bool) -> SimulatorJSON {
        [
            "candidates": .array(candidates), "usageMetadata": usage(isLast: isLast),
            "modelVersion": .string(generation.model), "responseId": .string(String(generation.id.prefix(22))),
        ]
    }

    /// What was cached is part of the prompt; thoughts stand beside the candidates' tokens.
    private func usage(isLast: Bool) -> SimulatorJSON {
        let usage = generation.usage
        var members: SimulatorJSON = ["promptTokenCount": .integer(usage.inputTotal)]
        if usage.cacheRead > 0 {
            members = members.adding(["cachedContentTokenCount": .integer(usage.cacheRead)])
        }
        guard isLast else { return members.adding(["totalTokenCount": .integer(usage.inputTotal)]) }
        if usage.reasoning > 0 { members = members.adding(["thoughtsTokenCount": .integer(usage.reasoning)]) }
        return members.adding([
            "candidatesTokenCount": .integer(usage.output),
            "totalTokenCount": .integer(usage.inputTotal + usage.outputTotal),
        ])
    }

    private static func candidate(
        _ index: Int, _ parts: [SimulatorJSON], finish: Generation.Finish?
    ) -> SimulatorJSON {
        var candidate: SimulatorJSON = ["content": ["parts": .array(parts), "role": "model"]]
        if let finish { candidate = candidate.adding(["finishReason": finish == .length ? "MAX_TOKENS" : "STOP"]) }
        return candidate.adding(["index": .integer(index)])
    }

    private static func parts(_ block: Generation.Block) -> [SimulatorJSON] {
        switch block {
        case .text(let pieces): [["text": .string(pieces.joined())]]
        case .reasoning(let pieces, let signature): [signed(pieces.joined(), signature)]
        case .tool(_, let name, let arguments, _): [call(name, arguments)]
        }
    }

    private static func signed(_ text: String, _ signature: String) -> SimulatorJSON {
        ["text": .string(text), "thought": true, "thoughtSignature": .string(Base64.encode(Array(signature.utf8)))]
    }

    /// Without an id, as many of Gemini's models make calls; signed by the function's name.
    private static func call(_ name: String, _ arguments: SimulatorJSON) -> SimulatorJSON {
        [
            "functionCall": ["name": .string(name), "args": arguments],
            "thoughtSignature": .string(signature(ofCall: name)),
        ]
    }

    static func signature(ofCall name: String) -> String { Base64.encode(Array("signed \(name)".utf8)) }
}
