import NIOCore

extension ChatRequest {
    /// Asks for the rest of an answer that broke off. The words are the user's: not every model takes an assistant's
    /// message as the last one.
    mutating func goOn(with said: RawText) {
        let path = "messages[\(messages.count)]"
        messages.append(ChatMessage(.assistant, [ChatPart(.text(said))], path: path))
        messages.append(ChatMessage(.user, [ChatPart(.text(RawText(Self.wish)))], path: path))
    }

    private static let wish = """
        Your last message broke off in transmission. Send the rest of it: begin with exactly the character that comes \
        next, in the same words, language and format. Repeat nothing, and say nothing of the interruption.
        """
}
