import NIOCore

/// Gemini's streamed answers: texts that follow each other become one.
struct GeminiAssembly {
    private struct Part {
        var text = ""
        var isThought = false
        /// Set for what is more than a text, or none.
        var json: ByteBuffer?
    }

    private struct Candidate {
        var parts: [Part] = []
        var finishReason: String?

        mutating func append(_ view: JSONObjectView) {
            let isThought = view.flag("thought") ?? false
            guard let text = view.string("text"), view.member("thoughtSignature") == nil else {
                return parts.append(Part(json: ByteBuffer(bytes: view.bytes)))
            }
            if let last = parts.last, last.json == nil, last.isThought == isThought {
                parts[parts.count - 1].text += text
            } else {
                parts.append(Part(text: text, isThought: isThought))
            }
        }
    }

    private static let headNames: [StaticString] = [
        "promptFeedback", "usageMetadata", "modelVersion", "responseId", "error",
    ]

    private var heads: [(name: String, json: ByteBuffer)] = []
    private var candidates: [Int: Candidate] = [:]

    /// Whether a stream of events begins as one of these does.
    static func begins(_ stream: ByteBuffer) -> Bool {
        let beginning = stream.part(0..<min(stream.readableBytes, 16 * 1024))
        var isGemini = false
        var splitter = SSESplitter()
        var events = 0
        _ = try? splitter.push(beginning) { event in
            events += 1
            guard events == 1, let data = event.data, let object = JSONObjectView(data) else { return }
            isGemini = object.member("candidates")?.kind == .array || object.object("promptFeedback") != nil
        }
        return isGemini
    }

    mutating func take(_ answer: JSONObjectView) {
        for name in Self.headNames {
            guard let member = answer.member(name) else { continue }
            let json = ByteBuffer(bytes: answer.value(member))
            if let place = heads.firstIndex(where: { $0.name == name.description }) {
                heads[place].json = json
            } else {
                heads.append((name.description, json))
            }
        }
        guard let list = answer.member("candidates"), list.kind == .array else { return }
        JSONScanner.forEachElement(of: answer.value(list)) { element in
            guard let view = JSONObjectView(element) else { return }
            let index = view.integer("index") ?? 0
            guard (0..<64).contains(index) else { return }
            var candidate = candidates[index] ?? Candidate()
            if let content = view.object("content"), let parts = content.member("parts"), parts.kind == .array {
                JSONScanner.forEachElement(of: content.value(parts)) { part in
                    if let part = JSONObjectView(part) { candidate.append(part) }
                }
            }
            candidate.finishReason = view.string("finishReason") ?? candidate.finishReason
            candidates[index] = candidate
        }
    }

    /// nil when nothing of an answer came.
    var json: ByteBuffer? {
        let isAnswer = !candidates.isEmpty || heads.contains { $0.name == "promptFeedback" }
        guard isAnswer else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("candidates")
        writer.beginArray()
        for (index, candidate) in candidates.sorted(by: { $0.key < $1.key }) { write(candidate, index, &writer) }
        writer.endArray()
        for (name, json) in heads { writer.rawMember(name, json) }
        writer.endObject()
        return writer.buffer
    }

    private func write(_ candidate: Candidate, _ index: Int, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("content")
        writer.beginObject()
        writer.key("parts")
        writer.beginArray()
        for part in candidate.parts {
            if let json = part.json {
                writer.raw(json)
            } else {
                writer.geminiText(RawText(part.text), isThought: part.isThought ? true : nil)
            }
        }
        writer.endArray()
        writer.member("role", "model")
        writer.endObject()
        writer.memberIfPresent("finishReason", candidate.finishReason)
        writer.member("index", index)
        writer.endObject()
    }
}
