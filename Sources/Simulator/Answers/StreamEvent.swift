import NIOCore

/// A step of a streamed answer, before a dialect gives it a form. A dialect may have no words for a step.
enum StreamEvent {
    case start(choice: Int)
    case blockStart(choice: Int, block: Int)
    case piece(choice: Int, block: Int, text: String)
    case blockStop(choice: Int, block: Int)
    case finish(choice: Int)
    case usage
    case done

    /// Tokens that this step tells.
    var tokens: Int {
        if case .piece(_, _, let text) = self { Lorem.tokens(of: text) } else { 0 }
    }

    var isPiece: Bool {
        if case .piece = self { true } else { false }
    }

    var isFinish: Bool {
        if case .finish = self { true } else { false }
    }

    /// All steps of an answer; those of several choices take turns.
    static func all(of generation: Generation) -> [StreamEvent] {
        let parts = generation.choices.enumerated().map { Self.steps(ofChoice: $0, $1) }
        var events: [StreamEvent] = []
        for turn in 0..<(parts.map(\.count).max() ?? 0) {
            for part in parts where turn < part.count { events.append(part[turn]) }
        }
        return events + [.usage, .done]
    }

    private static func steps(ofChoice choice: Int, _ content: Generation.Choice) -> [StreamEvent] {
        var events: [StreamEvent] = [.start(choice: choice)]
        for (block, content) in content.blocks.enumerated() {
            events.append(.blockStart(choice: choice, block: block))
            events += content.pieces.map { .piece(choice: choice, block: block, text: $0) }
            events.append(.blockStop(choice: choice, block: block))
        }
        return events + [.finish(choice: choice)]
    }
}

/// How a dialect tells an answer.
protocol AnswerForm {
    /// The answer in one piece.
    func whole() -> SimulatorJSON
    /// The bytes of one step; none where the dialect has no words for it.
    func write(_ event: StreamEvent, into buffer: inout ByteBuffer)
    /// The event of an error inside a stream.
    func write(_ error: ProviderError, requestID: String, into buffer: inout ByteBuffer)
}
