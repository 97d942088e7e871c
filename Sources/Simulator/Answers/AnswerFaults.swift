import NIOCore

/// The scripts of answers, well and badly.
extension AnswerScript {
    /// Pieces of a stream that come before its fault.
    static let piecesBeforeFault = 3

    static func stream(
        _ events: [StreamEvent], form: any AnswerForm, directive: Directive, error: ProviderError,
        requestID: String
    ) -> AnswerScript {
        func script(_ items: [Item], _ ending: Ending) -> AnswerScript {
            AnswerScript(items, form: form, directive: directive, wait: directive.firstToken, ending: ending)
        }
        let middle = middle(of: events)
        let before = events[..<middle].map(Item.event)
        let next = events[middle]
        switch directive.fault {
        case .stallMid: return script(before, .stall)
        case .cutMid: return script(before + [.half(next)], .close)
        case .truncated: return script(before, .complete)
        case .malformed: return script(before + [.broken(next)] + events[(middle + 1)...].map(Item.event), .complete)
        case .errorAfter200: return script(before + [.error(error, requestID: requestID)], .complete)
        default: return script(events.map(Item.event), .complete)
        }
    }

    /// After some pieces, and before at least one event that every dialect has words for.
    private static func middle(of events: [StreamEvent]) -> Int {
        let pieces = events.indices.filter { events[$0].isPiece }
        if pieces.count > 1 { return pieces[min(piecesBeforeFault, pieces.count - 1)] }
        return events.firstIndex { $0.isFinish } ?? 0
    }

    /// An answer in one piece.
    ///
    /// - Returns: the script, and the length that its head tells.
    static func whole(_ body: ByteBuffer, directive: Directive, tokens: Int) -> (AnswerScript, length: Int) {
        func script(_ bytes: ByteBuffer, _ ending: Ending) -> AnswerScript {
            let wait = directive.unstreamedTime(tokens: tokens)
            return AnswerScript([.bytes(bytes)], form: nil, directive: directive, wait: wait, ending: ending)
        }
        let length = body.readableBytes
        let half = body.getSlice(at: body.readerIndex, length: length / 2) ?? ByteBuffer()
        switch directive.fault {
        case .stallMid: return (script(half, .stall), length)
        case .cutMid: return (script(half, .close), length)
        case .truncated: return (script(half, .complete), half.readableBytes)
        case .malformed:
            var broken = body
            broken.setString("]", at: broken.writerIndex - 1)
            return (script(broken, .complete), length)
        default: return (script(body, .complete), length)
        }
    }
}
