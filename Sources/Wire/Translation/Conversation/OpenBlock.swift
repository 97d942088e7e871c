import NIOCore

/// The block of a streamed answer that is open, for dialects that do not announce their blocks: the first piece of
/// another kind ends it and begins the next.
struct OpenBlock {
    enum Kind: Equatable {
        case nothing, text, thinking, refusal, sealedThinking
        /// By the call's number.
        case toolCall(Int)
        /// One that has no place elsewhere: its pieces are passed over.
        case unknown
    }

    private(set) var kind = Kind.nothing

    /// Begins a block unless it is the one that is open.
    mutating func turn(to next: Kind, _ block: ChatBlock, _ body: (ChatEvent) -> Void) {
        guard kind != next else { return }
        close(body)
        kind = next
        body(.begin(block))
    }

    /// What follows until the next block is passed over.
    mutating func turnToUnknown(_ body: (ChatEvent) -> Void) {
        close(body)
        kind = .unknown
    }

    /// A piece of text or thinking, in a block of its kind.
    mutating func write(_ text: UnsafeRawBufferPointer, as next: Kind, _ block: ChatBlock, _ body: (ChatEvent) -> Void)
    {
        guard !text.isEmpty else { return }
        turn(to: next, block, body)
        body(.delta(text))
    }

    mutating func close(_ body: (ChatEvent) -> Void) {
        if kind != .nothing && kind != .unknown { body(.end) }
        kind = .nothing
    }
}
