import NIOCore

/// Writes the body of a request in one format.
protocol ChatRequestWriter {
    var writer: JSONWriter { get }
    var losses: TranslationLosses { get }

    /// - Parameter losses: takes what is left out.
    init(_ target: ChatRequestTarget, _ losses: TranslationLosses)

    mutating func write(_ request: ChatRequest) throws(TranslationError)
}

extension ChatRequestWriter {
    /// - Parameter losses: takes what is left out.
    static func write(
        _ request: ChatRequest, _ target: ChatRequestTarget, losses: inout TranslationLosses
    ) throws(TranslationError) -> ByteBuffer {
        var writer = Self(target, losses)
        defer { losses = writer.losses }
        try writer.write(request)
        return writer.writer.buffer
    }
}

/// What a request becomes beside its content.
struct ChatRequestTarget {
    let model: ServedModel
    /// Usage is to be asked for in a stream.
    var asksForUsage = false
    /// Members that the provider knows by another name.
    var renames: [(from: String, to: String)] = []
    /// Where it takes back what a model thought before, among OpenAI's chats.
    var thoughts = ThoughtsMember.details
}
