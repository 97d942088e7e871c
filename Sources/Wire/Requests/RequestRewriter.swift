public import NIOCore

/// Puts the gateway's few changes into a body that otherwise goes out as it came.
///
/// Changes are kept by member until the end, so that two of them about one member are one edit: the last one counts.
public struct RequestRewriter {
    private let body: ByteBuffer
    private let facts: RequestFacts
    private var changes: [(name: String, json: ByteBuffer)] = []
    private var renames: [(name: String, other: String)] = []
    private var removesModel = false
    /// Gemini's, where it takes settings.
    private var config: GenerationConfig?

    public init(body: ByteBuffer, facts: RequestFacts) {
        self.body = body
        self.facts = facts
        guard facts.takesGenerationConfig else { return }
        config = GenerationConfig(facts.generationConfig.map { body.part($0.valueRange) })
    }

    /// Names the upstream's model, if it differs from the client's.
    public mutating func setModel(_ model: String) {
        guard model != facts.model || facts.modelMember == nil || facts.isModelInPath else { return }
        var json = ByteBuffer()
        json.writeJSONString(model)
        change("model", to: json)
    }

    /// Leaves the model out, where the path names it.
    public mutating func removeModel() { removesModel = true }

    /// Sets a member whatever the client sent. One written twice is replaced in both places.
    public mutating func force(_ name: String, json: [UInt8]) {
        if config?.set(name, json: json, isForced: true) == true { return }
        change(name, to: ByteBuffer(bytes: json))
    }

    /// Sets a member that the client did not send. The names for the limit of tokens count as one.
    public mutating func setDefault(_ name: String, json: [UInt8]) {
        if config?.set(name, json: json, isForced: false) == true { return }
        let limits = ["max_tokens", "max_completion_tokens", "max_output_tokens"]
        let names = limits.contains(name) ? limits : [name]
        guard names.allSatisfy({ change(to: $0) == nil && facts.members(named: $0, in: body).isEmpty }) else { return }
        change(name, to: ByteBuffer(bytes: json))
    }

    /// Gives a member that the client sent another name; not where it sent one of that name too.
    public mutating func rename(_ name: String, to other: String) {
        guard facts.members(named: other, in: body).isEmpty, change(to: other) == nil else { return }
        if let place = changes.firstIndex(where: { $0.name == name }) {
            // It is written by the gateway: under its other name at once.
            guard facts.members(named: name, in: body).isEmpty else { return renames.append((name, other)) }
            changes[place].name = other
        } else if !facts.members(named: name, in: body).isEmpty {
            renames.append((name, other))
        }
    }

    /// Whether the body, as it will go out, asks for usage in the stream.
    public var asksForUsage: Bool {
        guard let options = change(to: Self.streamOptions) else { return facts.asksForUsage }
        return options.withUnsafeReadableBytes { JSONObjectView($0)?.member("include_usage")?.kind == .yes }
    }

    /// Asks for usage in the stream. Other members of `stream_options` stay.
    public mutating func askForUsage() {
        let asking = #"{"include_usage":true}"#
        guard let options = change(to: Self.streamOptions) ?? clientsStreamOptions else {
            return change(Self.streamOptions, to: ByteBuffer(string: asking))
        }
        let edited: ByteBuffer? = options.withUnsafeReadableBytes { bytes in
            guard let view = JSONObjectView(bytes) else { return nil }
            let edit: BodyEdit
            if let asked = view.member("include_usage") {
                edit = BodyEdit(range: asked.valueRange, replacement: ByteBuffer(string: "true"))
            } else {
                let comma = view.members.isEmpty ? "" : ","
                let start = (bytes.firstIndex(of: UInt8(ascii: "{")) ?? 0) + 1
                edit = BodyEdit(range: start..<start, replacement: ByteBuffer(string: "\"include_usage\":true\(comma)"))
            }
            return EditedBody(options, edits: [edit]).joined()
        }
        change(Self.streamOptions, to: edited ?? ByteBuffer(string: asking))
    }

    public consuming func finish() -> EditedBody {
        var edits: [BodyEdit] = []
        var added: [(name: String, json: ByteBuffer)] = []
        if let config, config.isChanged {
            if let member = facts.generationConfig {
                edits.append(BodyEdit(range: member.valueRange, replacement: config.json))
            } else {
                added.append(("generationConfig", config.json))
            }
        }
        if removesModel, let member = facts.modelMember {
            edits.append(BodyEdit(range: rangeWithComma(of: member), replacement: ByteBuffer()))
        }
        for (name, json) in changes {
            if name == "model", let member = facts.modelMember {
                edits.append(BodyEdit(range: member.valueRange, replacement: json))
                continue
            }
            let places = facts.members(named: name, in: body)
            if places.isEmpty { added.append((name, json)) }
            for member in places { edits.append(BodyEdit(range: member.valueRange, replacement: json)) }
        }
        for (name, other) in renames {
            for member in facts.members(named: name, in: body) {
                edits.append(BodyEdit(range: member.keyStart..<member.keyEnd, replacement: ByteBuffer(string: other)))
            }
        }
        // Before what is cut out at the same place.
        if !added.isEmpty { edits.insert(insertion(added), at: 0) }
        return EditedBody(body, edits: edits)
    }

    private static let streamOptions = "stream_options"

    private func change(to name: String) -> ByteBuffer? { changes.first { $0.name == name }?.json }

    private mutating func change(_ name: String, to json: ByteBuffer) {
        if let place = changes.firstIndex(where: { $0.name == name }) {
            changes[place].json = json
        } else {
            changes.append((name, json))
        }
    }

    private var clientsStreamOptions: ByteBuffer? {
        guard let member = facts.streamOptions, member.kind == .object else { return nil }
        return body.part(member.valueRange)
    }

    /// Puts members first in the body's object.
    private func insertion(_ added: [(name: String, json: ByteBuffer)]) -> BodyEdit {
        let brace = body.withUnsafeReadableBytes { $0.firstIndex(of: UInt8(ascii: "{")) } ?? 0
        let others = facts.members.count - (removesModel && facts.modelMember != nil ? 1 : 0)
        var text = ByteBuffer()
        for (place, member) in added.enumerated() {
            text.writeJSONString(member.name)
            text.writeInteger(UInt8(ascii: ":"))
            text.writeImmutableBuffer(member.json)
            if others > 0 || place + 1 < added.count { text.writeInteger(UInt8(ascii: ",")) }
        }
        return BodyEdit(range: (brace + 1)..<(brace + 1), replacement: text)
    }

    /// A member with the comma that parts it from the next, or of the last one from the one before.
    private func rangeWithComma(of member: JSONMember) -> Range<Int> {
        body.withUnsafeReadableBytes { bytes in
            let comma = UInt8(ascii: ",")
            var end = member.valueRange.upperBound
            while end < bytes.count, bytes[end] <= 0x20 { end += 1 }
            if end < bytes.count, bytes[end] == comma { return (member.keyStart - 1)..<(end + 1) }
            var start = member.keyStart - 1
            while start > 0, bytes[start - 1] <= 0x20 { start -= 1 }
            if start > 0, bytes[start - 1] == comma { start -= 1 }
            return start..<member.valueRange.upperBound
        }
    }
}
