import Core

/// What the usage object of Anthropic's Messages API means.
enum AnthropicUsage {
    /// `input_tokens` excludes the cache, and `output_tokens` includes thinking; the usage of a `message_delta` is
    /// cumulative and replaces what was said before, member by member (Anthropic's API reference, "Streaming
    /// messages").
    /// - Returns: nil when the object states nothing.
    static func messages(_ usage: JSONObjectView, after stated: TokenUsage) -> TokenUsage? {
        var result = stated
        var isStated = setWrites(usage, in: &result)
        func set(_ bucket: WritableKeyPath<TokenUsage, Int>, _ tokens: Int?) {
            guard let tokens else { return }
            result[keyPath: bucket] = tokens
            isStated = true
        }
        set(\.inputUncached, usage.count("input_tokens"))
        set(\.cacheRead, usage.count("cache_read_input_tokens"))
        set(\.output, usage.count("output_tokens"))
        if let tools = usage.object("server_tool_use") { set(\.webSearches, tools.count("web_search_requests")) }
        return isStated ? result : nil
    }

    /// The lifetimes are the parts of the total. A total alone says nothing new of lifetimes that were stated before;
    /// without any, it stands in the bucket of the shorter one, which is what a write has that asks for none.
    private static func setWrites(_ usage: JSONObjectView, in result: inout TokenUsage) -> Bool {
        let lifetimes = usage.object("cache_creation")
        let hour = lifetimes?.count("ephemeral_1h_input_tokens")
        let minutes = lifetimes?.count("ephemeral_5m_input_tokens")
        if hour != nil || minutes != nil {
            result.cacheWrite1h = hour ?? 0
            result.cacheWrite5m = minutes ?? 0
            return true
        }
        guard let total = usage.count("cache_creation_input_tokens") else { return false }
        result.cacheWrite5m = max(0, total - result.cacheWrite1h)
        return true
    }
}
