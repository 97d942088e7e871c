import NIOCore

/// What an error of a provider says, whatever its form: the words of its codes and types, and its message.
struct ProviderErrorText {
    /// In lower case.
    private(set) var words: [String] = []
    /// In lower case; several, one after the other.
    private(set) var message = ""
    /// A limit by the day is spent.
    private(set) var isDailyQuota = false

    var isEmpty: Bool { words.isEmpty && message.isEmpty }

    /// - Parameter body: the answer, or the JSON of one event of a stream.
    init(_ body: ByteBuffer) {
        body.withUnsafeReadableBytes { bytes in
            // Google answers a stream that does not begin with an array of one error.
            let first = JSONScanner.elements(of: bytes).first.map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
            guard let root = JSONObjectView(first ?? bytes) else { return }
            if let error = root.object("error") {
                readError(error)
            } else if let error = root.object("response")?.object("error") {
                // Responses tells of a failure in the event that ends its stream.
                readError(error)
            } else if let error = root.string("error") {
                addMessage(error)
                addWords(root, "code", "type", "error_type")
            } else if root.member("choices") == nil, root.member("content") == nil {
                addWords(root, "code", "type", "__type", "error_type")
                for name in ["message", "Message", "detail"] as [StaticString] { addMessage(root.string(name)) }
            }
            // A prompt that Google blocks is answered with status 200 and no candidate.
            if root.object("promptFeedback")?.member("blockReason") != nil, root.member("candidates") == nil {
                words.append("content_filter")
            }
        }
    }

    private mutating func readError(_ error: JSONObjectView) {
        addWords(error, "code", "type", "status")
        addMessage(error.string("message"))
        if let inner = error.object("innererror") { addWords(inner, "code") }
        // OpenRouter repeats what its provider said, as text.
        addMessage(error.object("metadata")?.string("raw"))
        for detail in GeminiError.details(of: error) {
            addWords(detail, "reason")
            guard let violations = detail.member("violations") else { continue }
            JSONScanner.forEachElement(of: detail.value(violations)) { violation in
                if JSONObjectView(violation)?.string("quotaId")?.contains("PerDay") == true { isDailyQuota = true }
            }
        }
    }

    private mutating func addWords(_ object: JSONObjectView, _ names: StaticString...) {
        for name in names { addWord(object.string(name)) }
    }

    /// AWS writes `namespace#Name`, and in a header field `Name:address`.
    mutating func addWord(_ word: String?) {
        guard let word, let name = word.split(separator: "#").last?.split(separator: ":").first else { return }
        words.append(name.lowercased())
    }

    private mutating func addMessage(_ text: String?) {
        guard let text else { return }
        message += message.isEmpty ? text.lowercased() : "\n" + text.lowercased()
    }
}
