import NIOCore

extension JSONWriter {
    /// `tools`, as OpenAI wrote them first and others after it.
    /// - Parameter tellsStrict: `strict` is known there.
    mutating func functionTools(_ tools: [ChatTool], tellsStrict: Bool) {
        key("tools")
        beginArray()
        for tool in tools {
            beginObject()
            member("type", "function")
            key("function")
            beginObject()
            member("name", tool.name)
            memberIfPresent("description", tool.description)
            memberIfPresent("parameters", tool.parameters)
            if tellsStrict, let isStrict = tool.isStrict { member("strict", isStrict) }
            endObject()
            endObject()
        }
        endArray()
    }

    /// `user`, of which OpenAI takes 64 characters.
    mutating func user(_ user: RawText?, losses: inout TranslationLosses) throws(TranslationError) {
        guard let user else { return }
        if user.string.count <= 64 {
            member("user", user)
        } else {
            try losses.drop("user", "OpenAI's end at 64 characters")
        }
    }

    /// A list of texts; nothing where there are none.
    mutating func texts(_ name: String, _ texts: [RawText]) {
        guard !texts.isEmpty else { return }
        key(name)
        beginArray()
        for text in texts { value(text) }
        endArray()
    }
}
