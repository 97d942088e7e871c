import Core
public import NIOCore

/// Takes an answer's bytes as they come, in any pieces, and tells at the end what it used.
///
/// It only listens: what it cannot read it counts and passes over, and it holds no more than one event, one line, or
/// an answer of `Limits.meteredAnswerBytesMax`. Of a larger unstreamed answer it reads the usage alone, where that
/// stands at the end.
public struct UsageMeter {
    private enum Framing {
        /// Nothing has come that tells.
        case unknown
        case events(SSESplitter)
        case objects(ObjectSplitter)
        case messages(EventStreamDecoder)
        case whole(WholeAnswer)
        /// Frames of a WebSocket.
        case frames(WebSocketMessages)
        /// No text that could state a usage, or a stream that can no longer be followed.
        case deaf
    }

    private var framing: Framing
    private var reader: any AnswerReader

    /// - Parameter contentType: the answer's; nil is taken for JSON.
    public init(format: AnswerFormat, flavour: UsageFlavour = .standard, contentType: String?) {
        reader = format.makeReader(flavour: flavour)
        framing = Self.framing(of: contentType)
    }

    /// Of what a WebSocket's server says.
    public init(webSocketOf format: AnswerFormat) {
        reader = format.makeReader()
        framing = .frames(WebSocketMessages())
    }

    private static func framing(of contentType: String?) -> Framing {
        guard let contentType else { return .unknown }
        switch StreamFraming(contentType: contentType) {
        case .events: return .events(SSESplitter())
        case .messages: return .messages(EventStreamDecoder())
        case .objects: return .objects(ObjectSplitter())
        case nil:
            let type = contentType.prefix { $0 != ";" && $0 != " " }.lowercased()
            return type.hasSuffix("json") || type == "text/plain" ? .unknown : .deaf
        }
    }

    public mutating func push(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        // Taken out for the call, so that what it holds is not copied.
        var current = Framing.deaf
        swap(&current, &framing)
        framing = read(bytes, current)
    }

    /// The answer ended, whole or not.
    public mutating func finish() -> AnswerObservation {
        switch framing {
        case .events(var splitter):
            let unreadable = reader.observation.unreadableEvents
            splitter.finish { event in
                reader.observe(event)
                reader.observation.endedInsideEvent =
                    event.data != nil && reader.observation.unreadableEvents > unreadable
            }
        case .objects(let splitter): reader.observation.endedInsideEvent = splitter.isInsideObject
        case .messages(let decoder): reader.observation.endedInsideEvent = decoder.isInsideMessage
        case .whole(var answer): answer.finish(&reader)
        case .frames, .unknown, .deaf: break
        }
        framing = .deaf
        return reader.observation
    }

    // MARK: Reading

    private mutating func read(_ bytes: ByteBuffer, _ framing: Framing) -> Framing {
        switch framing {
        case .unknown:
            guard let first = bytes.readableBytesView.first(where: { $0 > 0x20 }) else { return .unknown }
            // Google streams an array where it was not asked for events.
            let isArray = first == UInt8(ascii: "[")
            return read(bytes, isArray ? .objects(ObjectSplitter()) : .whole(WholeAnswer()))
        case .events(var splitter):
            do throws(StreamError) {
                try splitter.push(bytes) { event in reader.observe(event) }
                return .events(splitter)
            } catch {
                return lost()
            }
        case .objects(var splitter):
            let broken = splitter.broken
            do throws(StreamError) {
                try splitter.push(bytes) { observe(object: $0, name: UnsafeRawBufferPointer(start: nil, count: 0)) }
            } catch {
                return lost()
            }
            reader.observation.unreadableEvents += splitter.broken - broken
            return .objects(splitter)
        case .messages(var decoder):
            do throws(EventStreamError) {
                try decoder.push(bytes) { message in
                    observe(object: message.payload, name: message.name)
                    if !message.type.isText("event") { reader.observation.sawError = true }
                }
                return .messages(decoder)
            } catch {
                return lost()
            }
        case .whole(var answer):
            answer.push(bytes)
            return .whole(answer)
        case .frames(var messages):
            do throws(StreamError) {
                try messages.push(bytes) { observe(object: $0, name: ByteText.empty) }
                return .frames(messages)
            } catch {
                return lost()
            }
        case .deaf:
            return .deaf
        }
    }

    private mutating func observe(object: UnsafeRawBufferPointer, name: UnsafeRawBufferPointer) {
        if let piece = JSONObjectView(object) {
            reader.observe(piece: piece, name: name)
        } else {
            reader.observation.unreadableEvents += 1
        }
    }

    private mutating func lost() -> Framing {
        reader.observation.unreadableEvents += 1
        return .deaf
    }
}
