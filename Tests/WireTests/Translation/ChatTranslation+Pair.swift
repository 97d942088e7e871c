@testable public import Wire

extension ChatTranslation {
    /// - Parameter client: a format that clients speak.
    static func pair(_ client: ChatFormat, _ provider: ChatFormat) -> ChatTranslation {
        guard let translation = ChatTranslation(client: client, provider: provider) else {
            preconditionFailure("no client speaks \(client)")
        }
        return translation
    }
}

/// Most tests are about models that are called alike by everybody.
extension ServedModel: ExpressibleByStringLiteral {
    public init(stringLiteral name: String) { self.init(name) }
}

extension ChatAnswerContext {
    static let test = ChatAnswerContext(created: 5, wantsUsage: true, id: "call-1", model: "m")
}
