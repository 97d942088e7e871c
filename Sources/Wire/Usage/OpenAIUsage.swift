import Core

/// What the usage objects of OpenAI's endpoints mean. The buckets here are disjoint.
enum OpenAIUsage {
    /// `CompletionUsage` of chats, completions and embeddings (OpenAI's API reference).
    ///
    /// `prompt_tokens` includes what was read from the cache and written to it; `completion_tokens` includes
    /// reasoning, but not with every flavour. DeepSeek's `prompt_cache_hit_tokens` and `prompt_cache_miss_tokens` add
    /// up to the prompt: a miss is input and no write. Together states what was cached outside the details. Embeddings
    /// of some servers state a total alone.
    /// - Returns: nil when the object states nothing.
    static func chat(_ usage: JSONObjectView, _ flavour: UsageFlavour) -> TokenUsage? {
        let hit = usage.count("prompt_cache_hit_tokens")
        let total = usage.count("total_tokens")
        let completion = usage.count("completion_tokens")
        let split = hit.flatMap { hit in usage.count("prompt_cache_miss_tokens").map { hit + $0 } }
        guard let prompt = usage.count("prompt_tokens") ?? split ?? (completion == nil ? total : 0),
            prompt > 0 || completion != nil || total != nil || usage.count("prompt_tokens") != nil
        else { return nil }
        let input = usage.object("prompt_tokens_details")
        let output = usage.object("completion_tokens_details")
        var result = TokenUsage()
        result.setInput(
            total: prompt,
            cached: input?.count("cached_tokens") ?? hit ?? usage.count("cached_tokens") ?? 0,
            written: input?.count("cache_write_tokens") ?? 0,
            audio: input?.count("audio_tokens") ?? 0,
            image: input?.count("image_tokens") ?? 0)
        let reasoning = output?.count("reasoning_tokens") ?? usage.count("reasoning_tokens") ?? 0
        let stated = completion ?? 0
        result.setOutput(
            total: addsReasoning(flavour, prompt, stated, reasoning, total) ? stated + reasoning : stated,
            reasoning: reasoning,
            audio: output?.count("audio_tokens") ?? 0,
            image: output?.count("image_tokens") ?? 0)
        if let milliseconds = usage.milliseconds("prompt_audio_seconds") { result.audioMilliseconds = milliseconds }
        addSearches(usage, flavour, to: &result)
        return result
    }

    /// `ResponseUsage` (OpenAI's API reference).
    static func responses(_ usage: JSONObjectView, _ flavour: UsageFlavour) -> TokenUsage? {
        guard usage.count("input_tokens") != nil || usage.count("output_tokens") != nil else { return nil }
        let prompt = usage.count("input_tokens") ?? 0
        let stated = usage.count("output_tokens") ?? 0
        let input = usage.object("input_tokens_details")
        let reasoning = usage.object("output_tokens_details")?.count("reasoning_tokens") ?? 0
        var result = TokenUsage()
        result.setInput(
            total: prompt, cached: input?.count("cached_tokens") ?? 0,
            written: input?.count("cache_write_tokens") ?? 0, audio: input?.count("audio_tokens") ?? 0,
            image: input?.count("image_tokens") ?? 0)
        // Its total tells; without one this format's own rule holds, that output includes reasoning.
        let isOnTop = flavour == .xAI && usage.count("total_tokens") == prompt + stated + reasoning
        result.setOutput(
            total: isOnTop ? stated + reasoning : stated, reasoning: reasoning, audio: 0, image: 0)
        return result
    }

    /// The usage of images (OpenAI's API reference, `ImagesResponse`): what is put out is an image, but for the text
    /// that newer models state apart.
    static func images(_ usage: JSONObjectView) -> TokenUsage? {
        guard usage.count("input_tokens") != nil || usage.count("output_tokens") != nil else { return nil }
        let input = usage.object("input_tokens_details")
        let made = usage.count("output_tokens") ?? 0
        let text = usage.object("output_tokens_details")?.count("text_tokens") ?? 0
        var result = TokenUsage()
        result.setInput(
            total: usage.count("input_tokens") ?? 0, cached: input?.count("cached_tokens") ?? 0, written: 0, audio: 0,
            image: input?.count("image_tokens") ?? 0)
        result.setOutput(total: made, reasoning: 0, audio: 0, image: max(0, made - text))
        return result
    }

    /// The usage of transcriptions, by tokens or by time (OpenAI's API reference, `TranscriptTextUsageTokens` and
    /// `TranscriptTextUsageDuration`). Mistral states a chat's usage here.
    /// - Parameter speaks: the answer is speech, and its output sound.
    static func audio(_ usage: JSONObjectView, speaks: Bool) -> TokenUsage? {
        var result = TokenUsage()
        if let milliseconds = usage.milliseconds("seconds") {
            result.audioMilliseconds = milliseconds
            return result
        }
        guard usage.count("input_tokens") != nil || usage.count("output_tokens") != nil else {
            return chat(usage, .standard)
        }
        let input = usage.object("input_token_details") ?? usage.object("input_tokens_details")
        let output = usage.count("output_tokens") ?? 0
        result.setInput(
            total: usage.count("input_tokens") ?? 0, cached: 0, written: 0,
            audio: input?.count("audio_tokens") ?? 0, image: 0)
        result.setOutput(total: output, reasoning: 0, audio: speaks ? output : 0, image: 0)
        return result
    }

    /// The usage of one response of a Realtime session (OpenAI's API reference, `RealtimeResponse`).
    static func realtime(_ usage: JSONObjectView) -> TokenUsage? {
        guard let input = usage.count("input_tokens"), let output = usage.count("output_tokens") else { return nil }
        let heard = usage.object("input_token_details")
        let said = usage.object("output_token_details")
        let cached = heard?.count("cached_tokens") ?? 0
        let cachedAudio = heard?.object("cached_tokens_details")?.count("audio_tokens") ?? 0
        var result = TokenUsage()
        // What of the sound was cached is cached, and sound no more.
        result.setInput(
            total: input, cached: cached, written: 0, audio: max(0, (heard?.count("audio_tokens") ?? 0) - cachedAudio),
            image: heard?.count("image_tokens") ?? 0)
        result.setOutput(total: output, reasoning: 0, audio: said?.count("audio_tokens") ?? 0, image: 0)
        return result
    }

    /// What the provider says that the answer costs.
    static func cost(_ usage: JSONObjectView, _ flavour: UsageFlavour) -> Money? {
        switch flavour {
        case .openRouter: usage.cost("cost")
        case .perplexity: usage.object("cost")?.cost("total_cost")
        case .standard, .xAI: nil
        }
    }

    private static func addsReasoning(
        _ flavour: UsageFlavour, _ prompt: Int, _ completion: Int, _ reasoning: Int, _ total: Int?
    ) -> Bool {
        switch flavour {
        case .standard, .openRouter: false
        case .perplexity: true
        case .xAI: total.map { $0 >= prompt + completion + reasoning } ?? true
        }
    }

    private static func addSearches(_ usage: JSONObjectView, _ flavour: UsageFlavour, to result: inout TokenUsage) {
        switch flavour {
        case .perplexity:
            result.inputUncached += usage.count("citation_tokens") ?? 0
            result.webSearches = usage.count("num_search_queries") ?? 0
        case .openRouter:
            result.webSearches = usage.object("server_tool_use")?.count("web_search_requests") ?? 0
        case .standard, .xAI: break
        }
    }
}
