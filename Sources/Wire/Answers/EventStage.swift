public import Core
public import NIOCore

/// Lets whole events of a stream through, reads them in passing, and takes out the usage that only the gateway
/// asked for.
///
/// Whole events go on as the slices they came in. The beginning of an event waits for its end, so that a keep-alive
/// or an error can be put between events at any time; a client could not have used a part of one.
public struct EventStage: StreamStage {
    private var splitter = SSESplitter()
    /// Takes the place of `splitter` where events are translated: they may be framed in another way.
    private var pieces: StreamSplitter
    private var reader: any AnswerReader
    private let stripsUsage: Bool
    /// Puts events into the client's own format; nil: they are in it.
    private var translator: ChatStreamTranslator?
    /// Follows a stream that passes untranslated, so that another provider can go on with it; nil: none may.
    private var follower: ChatStreamTranslator?
    private var partial = ByteBuffer()
    /// Gathers what only the answer's maker can read again; nil: nobody asks for it.
    private(set) public var stateTokens: [Int]?

    /// - Parameter stripsUsage: whether usage was asked for on the gateway's own account.
    public init(dialect: Dialect, stripsUsage: Bool) {
        self.init(format: dialect.answerFormat, stripsUsage: stripsUsage)
    }

    /// - Parameters:
    ///   - format: the upstream's.
    ///   - flavour: how the provider means its usage.
    ///   - framing: another than server-sent events only where there is a translator.
    ///   - translator: puts events into the client's format, where it is another one.
    ///   - follower: reads an untranslated stream as a translator would, where it may have to be gone on with.
    ///   - gathersState: whether `stateTokens` are wanted.
    public init(
        format: AnswerFormat, flavour: UsageFlavour = .standard, stripsUsage: Bool,
        framing: StreamFraming = .events, translator: ChatStreamTranslator? = nil,
        follower: ChatStreamTranslator? = nil, gathersState: Bool = false
    ) {
        pieces = StreamSplitter(framing)
        stateTokens = gathersState ? [] : nil
        reader = format.makeReader(flavour: flavour)
        self.stripsUsage = stripsUsage && format == .openAIChat
        self.translator = translator
        self.follower = follower
    }

    /// The stream as it goes on from another provider; nil where nobody can go on with it.
    /// - Parameters:
    ///   - translation: from the client's format to the other provider's.
    ///   - flavour: how that one means its usage.
    public func continued(
        by translation: ChatTranslation, flavour: UsageFlavour, framing: StreamFraming
    ) -> EventStage? {
        let reader = translation.provider.providerCoding.makeStreamReader()
        guard let next = (translator ?? follower)?.continued(by: reader) else { return nil }
        return EventStage(
            format: translation.provider.answerFormat, flavour: flavour, stripsUsage: false, framing: framing,
            translator: next)
    }

    /// What was said so far, as the inside of a JSON string; nil where nobody can go on with it.
    public var continuableText: ByteBuffer? {
        guard let spoken = (translator ?? follower)?.spoken, spoken.canBeContinued else { return nil }
        return spoken.text
    }

    public var observation: AnswerObservation { reader.observation }

    /// A sign of life for the client, between two events.
    public mutating func keepAlive(_ dialect: Dialect) -> ByteBuffer {
        let own = translator == nil ? responsesPlace?.keepAlive : translator?.keepAlive()
        return own ?? dialect.keepAlive
    }

    /// The event that ends the stream because it cannot go on.
    public mutating func failure(_ error: GatewayError, _ dialect: Dialect, requestID: String) -> ByteBuffer {
        let own = translator == nil ? responsesPlace?.failure(error) : translator?.failure(error)
        return own ?? ErrorBody.event(error, dialect: dialect, requestID: requestID)
    }

    private var responsesPlace: ResponsesPlace? { (reader as? ResponsesAnswerReader)?.place }

    public mutating func push(_ bytes: ByteBuffer, into output: inout StageOutput) throws(StreamError) {
        if translator != nil { return try pushTranslated(bytes, into: &output) }
        // Taken out for the call, because the closures below touch the rest of the stage.
        var splitter = SSESplitter()
        swap(&splitter, &self.splitter)
        defer { swap(&splitter, &self.splitter) }
        if stripsUsage || follower != nil {
            try splitter.push(bytes) { event in pass(event, into: &output) }
            return
        }
        let complete = try splitter.push(bytes) { event in observe(event) }
        guard complete > 0 else {
            partial.append(bytes)
            return
        }
        output.append(partial)
        output.append(bytes.part(0..<complete))
        partial = bytes.part(complete..<bytes.readableBytes)
    }

    /// Lets an event through by itself, where not every one may pass as it came.
    private mutating func pass(_ event: borrowing SSEEvent, into output: inout StageOutput) {
        observe(event)
        if withheldError { return }
        if stripsUsage { output.append(event) } else { output.append(ByteBuffer(bytes: event.raw)) }
    }

    /// The provider told of an error inside its answer, and the client was not told: another one may go on with it.
    public var withheldError: Bool { (translator ?? follower)?.withheldError ?? false }

    private mutating func observe(_ event: borrowing SSEEvent) {
        reader.observe(event)
        if follower != nil {
            var unread = ByteBuffer()
            follower?.take(event, usage: reader.observation.usage, into: &unread)
        }
        if let data = event.data { gatherState(data) }
    }

    /// - Parameter bytes: as the client gets them: so they come back.
    private mutating func gatherState(_ bytes: UnsafeRawBufferPointer) {
        if stateTokens != nil { stateTokens?.append(contentsOf: StateTokens.digests(in: bytes)) }
    }

    private mutating func pushTranslated(_ bytes: ByteBuffer, into output: inout StageOutput) throws(StreamError) {
        var pieces = StreamSplitter(.events)
        swap(&pieces, &self.pieces)
        defer { swap(&pieces, &self.pieces) }
        var translated = ByteBuffer()
        // What came before the damage is the client's.
        defer {
            translated.withUnsafeReadableBytes { gatherState($0) }
            output.append(translated)
        }
        let broken = pieces.broken
        defer { reader.observation.unreadableEvents += pieces.broken - broken }
        try pieces.push(bytes) { event in translate(event, into: &translated) }
    }

    private mutating func translate(_ event: borrowing SSEEvent, into output: inout ByteBuffer) {
        reader.observe(event)
        translator?.take(event, usage: reader.observation.usage, into: &output)
        // The client has its end then, whatever the provider's format has behind it.
        if translator?.isFinished == true { reader.observation.sawTerminal = true }
    }

    /// The upstream's stream ended: a last event without its blank line is completed; a broken piece is left out.
    public mutating func finish(into output: inout StageOutput) throws(StreamError) {
        if translator != nil { return finishTranslated(into: &output) }
        let unreadable = reader.observation.unreadableEvents
        var isWhole = false
        let perEvent = stripsUsage || follower != nil
        var splitter = SSESplitter()
        swap(&splitter, &self.splitter)
        splitter.finish { event in
            observe(event)
            isWhole = event.data != nil && reader.observation.unreadableEvents == unreadable
            reader.observation.endedInsideEvent = event.data != nil && !isWhole
            if isWhole && perEvent { output.append(event) }
        }
        if isWhole {
            if !perEvent { output.append(partial) }
            output.append(ByteBuffer(string: "\n\n"))
        }
        partial = ByteBuffer()
    }

    private mutating func finishTranslated(into output: inout StageOutput) {
        var pieces = StreamSplitter(.events)
        swap(&pieces, &self.pieces)
        var translated = ByteBuffer()
        let unreadable = reader.observation.unreadableEvents
        var isWhole = false
        let hasRest = pieces.finish { event in
            translate(event, into: &translated)
            isWhole = event.data != nil && reader.observation.unreadableEvents == unreadable
        }
        reader.observation.endedInsideEvent = hasRest && !isWhole
        translator?.finish(usage: reader.observation.usage, into: &translated)
        translated.withUnsafeReadableBytes { gatherState($0) }
        output.append(translated)
    }
}

extension StageOutput {
    fileprivate mutating func append(_ event: borrowing SSEEvent) {
        switch UsageStrip.judge(event) {
        case .keep: append(ByteBuffer(bytes: event.raw))
        case .drop: break
        case .replace(let text): append(text)
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func append(_ bytes: ByteBuffer) {
        if readableBytes == 0 { self = bytes } else { writeImmutableBuffer(bytes) }
    }
}
