import NIOCore

/// Gemini's `generationConfig`, where the settings stand that the gateway's configuration writes by OpenAI's names.
struct GenerationConfig {
    private var members: [(name: String, json: ByteBuffer)] = []
    private(set) var isChanged = false

    /// - Parameter json: the client's; anything but an object counts for nothing.
    init(_ json: ByteBuffer?) {
        json?.withUnsafeReadableBytes { bytes in
            guard let view = JSONObjectView(bytes) else { return }
            members = view.members.map { (view.key($0), ByteBuffer(bytes: view.value($0))) }
        }
    }

    /// - Parameter isForced: the client's own is replaced.
    /// - Returns: false for a setting that has no place here.
    mutating func set(_ name: String, json: [UInt8], isForced: Bool) -> Bool {
        guard let own = Self.ownName(name) else { return false }
        var value = ByteBuffer(bytes: json)
        // Gemini takes nothing but a list of texts to stop at.
        if own.description == "stopSequences", json.first == UInt8(ascii: "\"") {
            value = ByteBuffer(bytes: [UInt8(ascii: "[")] + json + [UInt8(ascii: "]")])
        }
        let isOwn = { (name: String) in Array(name.utf8).withUnsafeBytes { $0.isProtoName(own) } }
        guard isForced || !members.contains(where: { isOwn($0.name) }) else { return true }
        members.removeAll { isOwn($0.name) }
        members.append((own.description, value))
        isChanged = true
        return true
    }

    var json: ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, json) in members { writer.rawMember(name, json) }
        writer.endObject()
        return writer.buffer
    }

    private static func ownName(_ name: String) -> StaticString? {
        switch name {
        case "max_tokens", "max_completion_tokens": "maxOutputTokens"
        case "temperature": "temperature"
        case "top_p": "topP"
        case "top_k": "topK"
        case "stop", "stop_sequences": "stopSequences"
        case "seed": "seed"
        case "n": "candidateCount"
        case "presence_penalty": "presencePenalty"
        case "frequency_penalty": "frequencyPenalty"
        default: nil
        }
    }
}
