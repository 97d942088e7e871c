import Core
import NIOCore

/// Turns the answer to a turn, as `POST /v1/responses` gives it over HTTP, into the messages of the socket: each
/// event's data is one, and an error is told as an event. Whatever comes, one message ends the turn.
struct ResponsesAnswer {
    /// A response that no provider keeps.
    struct Unkept {
        let id: String
        /// Its output, without brackets.
        let items: ByteBuffer
    }

    private let events: ResponsesEvents
    /// An upstream's fields and the gateway's own.
    private var reader = ResponseReader(
        limits: HeadLimits(
            bytesMax: 2 * Limits.responseHeaderBytesMax, fieldsMax: 2 * Limits.responseHeaderFieldsMax))
    private var head: ResponseHead?
    private var splitter = SSESplitter()
    /// Of an answer that is no stream.
    private var body = ByteBuffer()
    /// The message that ends the turn has been written.
    private var isTold = false
    /// The answer has been read to its end.
    private(set) var isComplete = false
    private(set) var hasFailed = false
    /// Whether another turn may follow on the connection.
    private(set) var keepsAlive = true
    private(set) var unkept: Unkept?

    init(_ events: ResponsesEvents) {
        self.events = events
        reader.expectAnswer(toHEAD: false)
    }

    mutating func push(_ bytes: ByteBuffer, into output: inout ByteBuffer) {
        reader.append(bytes)
        do throws(MalformedMessage) {
            while let part = try reader.next() { take(part, &output) }
        } catch {
            fail("The answer cannot be read: \(error.explanation).", &output)
            (isComplete, keepsAlive) = (true, false)
        }
    }

    private mutating func take(_ part: ResponseReader.Part, _ output: inout ByteBuffer) {
        switch part {
        case .head(let head):
            self.head = head
            keepsAlive = head.keepsAlive
        case .body(let bytes) where head?.streamFraming == .events: split(bytes, &output)
        case .body(let bytes): body.writeImmutableBuffer(bytes)
        case .end: end(&output)
        }
    }

    private mutating func split(_ bytes: ByteBuffer, _ output: inout ByteBuffer) {
        var splitter = splitter
        self.splitter = SSESplitter()
        do throws(StreamError) {
            try splitter.push(bytes) { take($0, &output) }
        } catch {
            fail("The answer has an event larger than \(Limits.streamEventBytesMax) bytes.", &output)
        }
        self.splitter = splitter
    }

    private mutating func end(_ output: inout ByteBuffer) {
        isComplete = true
        if let head, head.streamFraming != .events { tellError(head, &output) }
        fail("The answer ended before it was complete.", &output)
    }

    // MARK: Events

    private mutating func take(_ event: borrowing SSEEvent, _ output: inout ByteBuffer) {
        guard !isTold else { return }
        guard let data = event.data, data.first == UInt8(ascii: "{") else {
            // A sign of life.
            return output.writeFrame(.ping)
        }
        let named = event.name.isEmpty ? nil : String(decoding: event.name, as: UTF8.self)
        switch named ?? JSONObjectView(data)?.string("type") {
        case "response.completed", "response.incomplete":
            isTold = true
            unkept = Self.unkept(data)
            events.write(data, into: &output)
        case "response.failed":
            (isTold, hasFailed) = (true, true)
            events.write(data, into: &output)
        case "error", nil: tellError(data, &output)
        default: events.write(data, into: &output)
        }
    }

    private static func unkept(_ data: UnsafeRawBufferPointer) -> Unkept? {
        guard let response = JSONObjectView(data)?.object("response"), let id = response.string("id"),
            response.member("store")?.kind == .no, let output = response.member("output"), output.kind == .array
        else { return nil }
        let bytes = response.value(output)
        var items = ByteBuffer()
        for range in JSONScanner.elements(of: bytes) {
            let item = UnsafeRawBufferPointer(rebasing: bytes[range])
            guard canBeSentAgain(item) else { continue }
            if items.readableBytes > 0 { items.writeStaticString(",") }
            items.writeBytes(item)
        }
        return Unkept(id: id, items: items)
    }

    /// Reasoning that is neither kept at the provider nor sealed means nothing to it.
    private static func canBeSentAgain(_ item: UnsafeRawBufferPointer) -> Bool {
        guard let item = JSONObjectView(item) else { return false }
        return item.string("type") != "reasoning" || item.string("encrypted_content") != nil
    }

    // MARK: Errors

    private mutating func fail(_ message: String, _ output: inout ByteBuffer) {
        guard !isTold else { return }
        (isTold, hasFailed) = (true, true)
        events.write(GatewayError(.streamInterrupted, message), into: &output)
    }

    /// An answer that is no stream is an error.
    private mutating func tellError(_ head: ResponseHead, _ output: inout ByteBuffer) {
        (isTold, hasFailed) = (true, true)
        let told =
            body.member("error")
            ?? ErrorBody.json(
                "The answer has status \(head.status) and no text.", status: head.status, dialect: .openAI,
                requestID: ""
            ).member("error")
        guard let told else { return }
        events.writeError(
            Self.naming(told, status: head.status), status: head.status, fields: head.fields, into: &output)
    }

    /// An error inside a stream: as the gateway tells it, or as OpenAI's events do, without an object of its own.
    private mutating func tellError(_ data: UnsafeRawBufferPointer, _ output: inout ByteBuffer) {
        (isTold, hasFailed) = (true, true)
        let event = ByteBuffer(bytes: data)
        let error = event.member("error") ?? event
        events.writeError(error, status: Self.status(of: error), into: &output)
    }

    private static func status(of error: ByteBuffer) -> Int {
        let words = error.withUnsafeReadableBytes { bytes in
            JSONObjectView(bytes).map { [$0.string("code"), $0.string("type")].compactMap { $0 } }
        }
        for word in words ?? [] {
            if let code = ErrorCode(rawValue: word) { return code.status }
            if word == "rate_limit_error" { return 429 }
            if word == "invalid_request_error" { return 400 }
        }
        return 500
    }

    /// Clients send all they have again where they are told by this code that the response before is not known; a
    /// provider of another format has refused it for what it is.
    private static func naming(_ error: ByteBuffer, status: Int) -> ByteBuffer {
        error.withUnsafeReadableBytes { bytes in
            guard (400..<500).contains(status), let view = JSONObjectView(bytes),
                view.string("param") == "previous_response_id"
            else { return error }
            var object = JSONWriter()
            object.beginObject()
            object.member("type", "invalid_request_error")
            object.member("code", "previous_response_not_found")
            object.member("message", view.string("message") ?? "")
            object.member("param", "previous_response_id")
            object.endObject()
            return object.buffer
        }
    }
}

extension ByteBuffer {
    /// An object's member that is an object, as written.
    fileprivate func member(_ name: StaticString) -> ByteBuffer? {
        withUnsafeReadableBytes { bytes in
            guard let view = JSONObjectView(bytes), let member = view.member(name), member.kind == .object else {
                return nil
            }
            return part(member.valueRange)
        }
    }
}
