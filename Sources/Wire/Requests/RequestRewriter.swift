public import NIOCore

/// Puts the gateway's few changes into a body that otherwise goes out as it came.
public struct RequestRewriter {
    private let body: ByteBuffer
    private let facts: RequestFacts
    private var edits: [BodyEdit] = []

    public init(body: ByteBuffer, facts: RequestFacts) {
        self.body = body
        self.facts = facts
    }

    /// Names the upstream's model, if it differs from the client's.
    public mutating func setModel(_ model: String) {
        guard let member = facts.modelMember, model != facts.model else { return }
        var replacement = ByteBuffer()
        replacement.writeJSONString(model)
        edits.append(BodyEdit(range: member.valueRange, replacement: replacement))
    }

    /// Sets a member whatever the client sent. One written twice is replaced in both places.
    public mutating func force(_ name: String, json: [UInt8]) {
        let places = facts.members(named: name, in: body)
        if places.isEmpty { return insert(name, json: json) }
        for member in places {
            edits.append(BodyEdit(range: member.valueRange, replacement: ByteBuffer(bytes: json)))
        }
    }

    /// Sets a member that the client did not send.
    public mutating func setDefault(_ name: String, json: [UInt8]) {
        if facts.members(named: name, in: body).isEmpty { insert(name, json: json) }
    }

    /// Asks for usage in the stream. Other members of `stream_options` stay.
    public mutating func askForUsage() {
        guard let options = facts.streamOptions, options.kind == .object else {
            let asking = #"{"include_usage":true}"#
            if let options = facts.streamOptions {
                edits.append(BodyEdit(range: options.valueRange, replacement: ByteBuffer(string: asking)))
            } else {
                insert("stream_options", json: Array(asking.utf8))
            }
            return
        }
        body.withUnsafeReadableBytes { bytes in
            let inside = UnsafeRawBufferPointer(rebasing: bytes[options.valueRange])
            guard let view = JSONObjectView(inside) else { return }
            if let asked = view.member("include_usage") {
                let start = options.valueStart + asked.valueStart
                edits.append(
                    BodyEdit(
                        range: start..<(options.valueStart + asked.valueEnd), replacement: ByteBuffer(string: "true")))
            } else {
                let comma = view.members.isEmpty ? "" : ","
                edits.append(
                    BodyEdit(
                        range: (options.valueStart + 1)..<(options.valueStart + 1),
                        replacement: ByteBuffer(string: "\"include_usage\":true\(comma)")))
            }
        }
    }

    public consuming func finish() -> EditedBody { EditedBody(body, edits: edits) }

    /// Puts a member first in the body's object.
    private mutating func insert(_ name: String, json: [UInt8]) {
        let brace = body.withUnsafeReadableBytes { $0.firstIndex(of: UInt8(ascii: "{")) } ?? 0
        var text = ByteBuffer()
        text.writeJSONString(name)
        text.writeInteger(UInt8(ascii: ":"))
        text.writeBytes(json)
        // The body has a model at least, so a member follows.
        text.writeInteger(UInt8(ascii: ","))
        edits.append(BodyEdit(range: (brace + 1)..<(brace + 1), replacement: text))
    }
}
