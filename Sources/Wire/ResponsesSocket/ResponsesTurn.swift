import Core
import NIOCore

/// A client's `response.create`, and what is asked by it: the body of `POST /v1/responses` for a stream.
/// Source: OpenAI's guide "WebSocket mode" and its SDKs' `ResponsesClientEvent`.
struct ResponsesTurn {
    /// The value of `stream_id` as written, which all that is told of this turn repeats; nil: it has none.
    let lane: ByteBuffer?
    /// The response that the connection remembers and this one goes on from; nil: there is none, or the provider is
    /// to look it up.
    let previous: String?
    /// `generate: false`: what it says is to be remembered, and no model is asked.
    let isWarmUp: Bool
    /// All items of the input, without brackets, those that came before included.
    let items: ByteBuffer
    let body: ByteBuffer

    init(_ message: ResponsesMessage, history: ResponsesHistory) {
        // What outlives the message must not hold on to all of it.
        lane = message.value(.streamID).map { ByteBuffer(buffer: $0) }
        isWarmUp = message.member(.generate)?.kind == .no
        let earlier = message.previousResponse.flatMap { id in history.items(of: id).map { (id, $0) } }
        previous = earlier?.0
        var items = earlier?.1 ?? ByteBuffer()
        let added = message.items
        if items.readableBytes == 0 {
            items = ByteBuffer(buffer: added)
        } else if added.readableBytes > 0 {
            items.writeStaticString(",")
            items.writeImmutableBuffer(added)
        }
        self.items = items
        body = isWarmUp ? ByteBuffer() : message.body(input: previous == nil ? nil : items)
    }
}

/// A client's message, taken apart.
struct ResponsesMessage {
    /// Members that mean something on this side of the gateway.
    enum Name: CaseIterable {
        case type, streamID, generate, stream, background, previousResponseID, input

        var text: StaticString {
            switch self {
            case .type: "type"
            case .streamID: "stream_id"
            case .generate: "generate"
            case .stream: "stream"
            case .background: "background"
            case .previousResponseID: "previous_response_id"
            case .input: "input"
            }
        }

        /// Whether it is part of a call over HTTP, which always is a stream here.
        var isOfCall: Bool { self == .previousResponseID || self == .input }
    }

    private let message: ByteBuffer
    private let members: [JSONMember]
    private var known: [Name: JSONMember] = [:]

    /// - Throws: `invalidRequest` for all but a `response.create`.
    init(_ message: ByteBuffer) throws(GatewayError) {
        var members: [JSONMember] = []
        do throws(JSONError) {
            let kind = try message.scanObject(&members)
            guard kind == .object else { throw JSONError(.unexpectedByte, at: 0) }
        } catch {
            throw GatewayError(
                .invalidRequest,
                "The message is not a JSON object: \(error.reason.rawValue) at byte \(error.offset).")
        }
        self.message = message
        self.members = members
        try readNames()
        let type = value(.type).map { $0.withUnsafeReadableBytes(JSONText.string) }
        guard type == "response.create" else {
            throw GatewayError(
                .invalidRequest, "The message's 'type' must be 'response.create'; no other is served.",
                parameter: "type")
        }
        guard
            member(.streamID).map({ $0.kind == .string && $0.valueRange.count - 2 <= Limits.streamIDBytesMax }) ?? true
        else {
            throw GatewayError(
                .invalidRequest, "'stream_id' must be a string of at most \(Limits.streamIDBytesMax) bytes.",
                parameter: "stream_id")
        }
    }

    private mutating func readNames() throws(GatewayError) {
        for member in members {
            guard let name = name(of: member) else { continue }
            guard known.updateValue(member, forKey: name) == nil else {
                throw GatewayError(
                    .invalidRequest, "The message has the member '\(name.text)' twice. Send it once.",
                    parameter: name.text.description)
            }
        }
    }

    private func name(of member: JSONMember) -> Name? {
        message.withUnsafeReadableBytes { bytes in Name.allCases.first { bytes.isNamed(member, $0.text) } }
    }

    /// nil where it is missing or `null`.
    func member(_ name: Name) -> JSONMember? { known[name].flatMap { $0.kind == .null ? nil : $0 } }

    /// As written.
    func value(_ name: Name) -> ByteBuffer? { member(name).map { message.part($0.valueRange) } }

    var previousResponse: String? {
        guard member(.previousResponseID)?.kind == .string else { return nil }
        return value(.previousResponseID)?.withUnsafeReadableBytes(JSONText.string)
    }

    /// The items of `input`, without brackets; a text becomes a message of the user's.
    var items: ByteBuffer {
        guard let input = member(.input), let value = value(.input) else { return ByteBuffer() }
        switch input.kind {
        case .array: return value.insideBrackets
        case .string:
            var item = ByteBuffer(string: #"{"type":"message","role":"user","content":"#)
            item.writeImmutableBuffer(value)
            item.writeStaticString("}")
            return item
        default: return ByteBuffer()
        }
    }

    /// What `POST /v1/responses` is sent: the message without what belongs to the socket.
    /// - Parameter input: all items, where those before are not at the provider; nil: the message's own input.
    func body(input: ByteBuffer?) -> ByteBuffer {
        var body = ByteBuffer()
        body.reserveCapacity(message.readableBytes + (input?.readableBytes ?? 0) + 64)
        body.writeStaticString(#"{"stream":true"#)
        if let input {
            body.writeStaticString(#","input":["#)
            body.writeImmutableBuffer(input)
            body.writeStaticString("]")
        }
        for member in members {
            if let name = name(of: member), !name.isOfCall || input != nil { continue }
            body.writeStaticString(",")
            body.writeImmutableBuffer(message.part((member.keyStart - 1)..<member.valueEnd))
        }
        body.writeStaticString("}")
        return body
    }

    /// What a response repeats of its request.
    var echo: ChatRequestEcho {
        let members = ChatRequestEcho.members { name in
            last(name).map { RawJSON(kind: $0.kind, message.part($0.valueRange)) }
        }
        return ChatRequestEcho(members: members, aliases: [])
    }

    /// The model's name as the inside of a JSON string; empty where there is none.
    var model: ByteBuffer {
        guard let member = last("model"), member.kind == .string else { return ByteBuffer() }
        return message.part((member.valueStart + 1)..<(member.valueEnd - 1))
    }

    private func last(_ name: StaticString) -> JSONMember? {
        message.withUnsafeReadableBytes { bytes in members.last { bytes.isNamed($0, name) } }
    }
}

extension ByteBuffer {
    /// Of the array that stands here, without spaces around it.
    var insideBrackets: ByteBuffer {
        let inside = part(1..<(readableBytes - 1))
        return inside.readableBytesView.allSatisfy { $0 <= 0x20 } ? ByteBuffer() : inside
    }

    fileprivate func scanObject(_ members: inout [JSONMember]) throws(JSONError) -> JSONKind {
        var failure: JSONError?
        let kind = withUnsafeReadableBytes { bytes -> JSONKind in
            do throws(JSONError) {
                return try JSONScanner.scan(bytes, members: &members)
            } catch {
                failure = error
                return .null
            }
        }
        if let failure { throw failure }
        return kind
    }
}
