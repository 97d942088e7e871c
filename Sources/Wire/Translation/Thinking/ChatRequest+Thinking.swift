extension ChatRequest {
    /// Puts the wish to think as the model takes it; one that is not known gets it as it is.
    ///
    /// - Parameter model: what everybody calls it.
    mutating func fitReasoning(to model: String, _ losses: inout TranslationLosses) throws(TranslationError) {
        guard let wish = reasoning, let known = ThinkingModels.model(named: model) else { return }
        let isOff = wish.isOn == false || wish.isOn == nil && wish.effort?.string == "none"
        guard !isOff else {
            reasoning = try withoutThinking(wish, known, model, &losses)
            return
        }
        guard known.thinks else {
            reasoning = nil
            return try losses.drop("reasoning_effort", "'\(model)' cannot be told how much to think")
        }
        reasoning = try fitted(wish, to: known, &losses)
    }

    private func withoutThinking(
        _ wish: ReasoningWish, _ known: ThinkingModel, _ model: String, _ losses: inout TranslationLosses
    ) throws(TranslationError) -> ReasoningWish? {
        switch known.off {
        case .said where known.thinks:
            // Claude answers with more or less effort also without thinking, but with no more than this.
            let wanted = wish.effort.flatMap { ThinkingEffort(rawValue: $0.string) }
            let effort = wanted.flatMap { known.effort(nearest: min($0, .high)) }
            return ReasoningWish(effort: effort.map { RawText($0.rawValue) }, isOn: false, isFitted: true)
        case .said, .unsaid: return nil
        case .never:
            try losses.drop("reasoning_effort", "'\(model)' always thinks")
            let least = known.efforts.first.map { RawText($0.rawValue) }
            let budget = least == nil ? known.budget.map { RawJSON.number($0.lowerBound) } : nil
            guard least != nil || budget != nil else { return nil }
            return ReasoningWish(effort: least, budget: budget, isHidden: true, isFitted: true)
        }
    }

    private func fitted(
        _ wish: ReasoningWish, to known: ThinkingModel, _ losses: inout TranslationLosses
    ) throws(TranslationError) -> ReasoningWish? {
        var effort = wish.effort.flatMap { ThinkingEffort(rawValue: $0.string) }
        // A word that nobody knows is the provider's to refuse.
        if wish.effort != nil, effort == nil { return wish }
        let tokens = wish.budget?.integer
        if effort == nil, known.budget == nil { effort = tokens.map(ThinkingEffort.init) }
        if effort == nil, tokens == nil, !known.isAdaptive { effort = .medium }
        var fitted = ReasoningWish(
            effort: effort.flatMap(known.effort).map { RawText($0.rawValue) }, isOn: wish.isOn, isFitted: true)
        guard let range = known.budget else { return fitted }
        if let tokens {
            fitted.budget = .number(min(max(tokens, range.lowerBound), range.upperBound))
        } else if let effort, !known.isAdaptive || known.efforts.isEmpty {
            guard let room = roomToThink(effort, in: range) else {
                try losses.drop("reasoning_effort", "there is no room to think in so few tokens")
                return known.off == .never ? nil : ReasoningWish(isOn: false, isFitted: true)
            }
            fitted.budget = .number(room)
        }
        return fitted
    }

    /// Tokens for an effort, where a model wants a bound; nil: the answer has too few of its own. Half of them are left
    /// for the answer, which the bound counts among.
    private func roomToThink(_ effort: ThinkingEffort, in range: ClosedRange<Int>) -> Int? {
        let wanted = min(max(effort.tokens, range.lowerBound), range.upperBound)
        guard let most = maxTokens?.integer else { return wanted }
        return most / 2 < range.lowerBound ? nil : min(wanted, most / 2)
    }
}
