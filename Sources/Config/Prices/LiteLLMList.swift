import Core
import Ledger

/// LiteLLM's list: one object of models, and dollars per token.
enum LiteLLMList {
    static func entries(_ models: [(name: String, value: ListJSON)]) throws(PriceListError) -> [PriceEntry] {
        var ranked: [(rank: Int, name: LiteLLMName, entry: PriceEntry)] = []
        for (key, model) in models {
            guard let word = model["litellm_provider"]?.string, let rank = LiteLLMNames.rank(word),
                let name = LiteLLMNames.name(key, provider: word),
                let entry = try LiteLLMModel(key: key, model).entry(name)
            else { continue }
            ranked.append((rank, name, entry))
        }
        ranked.sort { ($0.rank, $0.entry.model) < ($1.rank, $1.entry.model) }
        var entries: [String: PriceEntry] = [:]
        for (_, name, entry) in ranked where name.region == nil {
            let key = "\(entry.owner)/\(entry.model)"
            if entries[key] == nil { entries[key] = entry }
        }
        for (_, name, entry) in ranked {
            guard let region = name.region else { continue }
            addRegion(region, entry, to: &entries)
        }
        return Array(entries.values)
    }

    /// The prices of a region as a factor of the usual ones, where they are one; otherwise as an entry with the region
    /// in front of the model's name.
    private static func addRegion(_ region: String, _ entry: PriceEntry, to entries: inout [String: PriceEntry]) {
        let key = "\(entry.owner)/\(entry.model)"
        guard let usual = entries[key] else {
            entries[key] = entry
            return
        }
        if let (numerator, denominator) = factor(entry.rates, over: usual.rates) {
            let isKnown = usual.regionFactors.contains { $0.region == region }
            guard numerator != denominator, !isKnown else { return }
            entries[key]?.regionFactors.append(
                .init(region: region, numerator: numerator, denominator: denominator))
        } else {
            var entry = entry
            entry.model = "\(region)/\(entry.model)"
            entries["\(entry.owner)/\(entry.model)"] = entry
        }
    }

    /// The one factor between the prices that both have.
    private static func factor(_ rates: Rates, over usual: Rates) -> (Int64, Int64)? {
        var result: (Int64, Int64)?
        for unit in PriceUnit.allCases where unit.isToken {
            guard let price = rates[unit], let base = usual[unit], base > 0 || price > 0 else { continue }
            guard base > 0, price > 0 else { return nil }
            if let result {
                guard Int128(price) * Int128(result.1) == Int128(base) * Int128(result.0) else { return nil }
            } else {
                var (a, b) = (price, base)
                while b != 0 { (a, b) = (b, a % b) }
                result = (price / a, base / a)
            }
        }
        return result
    }
}

/// One model of LiteLLM's list.
struct LiteLLMModel {
    private static let modes: Set<String> = [
        "chat", "responses", "completion", "embedding", "rerank", "image_generation", "image_edit",
        "audio_transcription", "audio_speech", "realtime", "moderation",
    ]
    /// Their names of token prices; the longer of two that begin alike first.
    private static let tokenFields: [(name: String, unit: PriceUnit)] = [
        ("cache_creation_input_token_cost_above_1hr", .cacheWrite1h),
        ("cache_creation_input_token_cost", .cacheWrite5m), ("cache_read_input_token_cost", .cacheRead),
        ("output_cost_per_reasoning_token", .reasoning), ("input_cost_per_audio_token", .inputAudio),
        ("output_cost_per_audio_token", .outputAudio), ("input_cost_per_image_token", .inputImage),
        ("output_cost_per_image_token", .outputImage), ("input_cost_per_token", .input),
        ("output_cost_per_token", .output),
    ]
    private static let tiers: [String: ServiceTier] = [
        "batches": .batch, "flex": .flex, "priority": .priority, "fast": .fast, "ultrafast": .ultrafast,
    ]

    let key: String
    let model: ListJSON

    init(key: String, _ model: ListJSON) {
        self.key = key
        self.model = model
    }

    /// nil where it has no price of what is counted here.
    func entry(_ name: LiteLLMName) throws(PriceListError) -> PriceEntry? {
        let mode = model["mode"]?.string
        if let mode, !Self.modes.contains(mode) { return nil }
        var entry = PriceEntry(owner: name.owner, model: name.model, rates: Rates())
        for (field, value) in model.members ?? [] {
            guard let (unit, tier, above) = Self.meaning(of: field) else { continue }
            let price = try PriceList.picoDollars(value, per: 1, "\(key).\(field)")
            entry.set(price, unit, tier: tier, above: above)
        }
        let hasTokenPrices = PriceUnit.allCases.contains { entry.rates[$0] ?? 0 > 0 }
        try addPieces(to: &entry, mode: mode)
        let isBilledOtherwise = model.members?.contains {
            ["_per_character", "_per_pixel", "_per_page", "_per_second"].contains(where: $0.name.hasSuffix)
        }
        if !hasTokenPrices, isBilledOtherwise == true, entry.rates[.audioSecond] == nil { return nil }
        try addFactors(to: &entry)
        try addOffPeak(to: &entry)
        return hasPrice(entry.rates, mode: mode) ? entry : nil
    }

    /// A list that has nothing but zeros does not know the price; only checks of content are given away.
    private func hasPrice(_ rates: Rates, mode: String?) -> Bool {
        PriceUnit.allCases.contains { unit in rates[unit].map { $0 > 0 || mode == "moderation" } ?? false }
    }

    /// `input_cost_per_token_above_200k_tokens_priority`: the unit, the tier and the length of input.
    static func meaning(of field: String) -> (PriceUnit, ServiceTier?, Int)? {
        guard let (name, unit) = tokenFields.first(where: { field.hasPrefix($0.name) }) else { return nil }
        var rest = field.dropFirst(name.count)
        var above = 0
        if rest.hasPrefix("_above_") {
            guard let end = rest.firstRange(of: "k_tokens"), let thousands = Int(rest[..<end.lowerBound].dropFirst(7))
            else { return nil }
            above = thousands * 1000
            rest = rest[end.upperBound...]
        }
        if rest.isEmpty { return (unit, nil, above) }
        guard rest.hasPrefix("_"), let tier = tiers[String(rest.dropFirst())] else { return nil }
        return (unit, tier, above)
    }

    private func price(_ field: String) throws(PriceListError) -> Int64? {
        guard let value = model[field] else { return nil }
        return try PriceList.picoDollars(value, per: 1, "\(key).\(field)")
    }

    /// What is not counted in tokens.
    private func addPieces(to entry: inout PriceEntry, mode: String?) throws(PriceListError) {
        entry.rates[.image] = try price("output_cost_per_image")
        // Of a model that makes images and nothing else, this is the price of what it makes.
        if mode == "image_generation" || mode == "image_edit", entry.rates[.image] == nil,
            entry.rates[.output] == nil, entry.rates[.outputImage] == nil
        {
            entry.rates[.image] = try price("input_cost_per_image")
        }
        if mode == "audio_transcription" || mode == "audio_speech" {
            for field in ["input_cost_per_second", "output_cost_per_second", "cost_per_second"]
            where entry.rates[.audioSecond] == nil {
                entry.rates[.audioSecond] = try price(field)
            }
        }
        entry.rates[.request] = try price("input_cost_per_request")
        if mode == "rerank" { entry.rates[.searchUnit] = try price("input_cost_per_query") }
        // By the amount that is searched; what a call gets that does not say is `low` at Perplexity, else `medium`.
        let size = entry.owner == "perplexity" ? "search_context_size_low" : "search_context_size_medium"
        if let value = model["search_context_cost_per_query"]?[size] {
            entry.rates[.webSearch] = try PriceList.picoDollars(value, per: 1, "\(key).\(size)")
        }
    }

    private func addFactors(to entry: inout PriceEntry) throws(PriceListError) {
        let own = model["provider_specific_entry"]
        let factors: [(region: String, value: ListJSON?)] = [
            ("us", own?["us"] ?? model["regional_processing_uplift_multiplier_us"]),
            ("eu", own?["eu"] ?? model["regional_processing_uplift_multiplier_eu"]),
            ("*", model["regional_endpoint_uplift_multiplier"]),
        ]
        for case (let region, let value?) in factors {
            let (numerator, denominator) = try PriceList.fraction(value, key)
            entry.regionFactors.append(.init(region: region, numerator: numerator, denominator: denominator))
        }
        guard let fast = own?["fast"] else { return }
        let (numerator, denominator) = try PriceList.fraction(fast, key)
        for unit in PriceUnit.allCases where unit.isToken {
            guard let price = entry.rates[unit] else { continue }
            let product = Money(picoUSD: Int128(price)).multiplied(by: Int128(numerator), over: Int128(denominator))
            entry.set(Int64(clamping: product.picoUSD), unit, tier: .fast, above: 0)
        }
    }
}

extension PriceEntry {
    fileprivate mutating func set(_ price: Int64, _ unit: PriceUnit, tier: ServiceTier?, above: Int) {
        if tier == nil, above == 0 {
            rates[unit] = price
        } else if let place = schedules.firstIndex(where: { $0.tier == tier && $0.above == above }) {
            schedules[place].rates[unit] = price
        } else {
            var schedule = Schedule(tier: tier, above: above, rates: Rates())
            schedule.rates[unit] = price
            schedules.append(schedule)
        }
    }
}
