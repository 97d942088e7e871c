public import Core

/// What models cost: the price lists that the program carries, and what the configuration says.
///
/// It never guesses: what has no price in any of them has an unknown price, which is not zero. Immutable, and asked
/// once per attempt on the request path.
public final class PriceBook: Sendable {
    private let overrides: PriceTable?

    /// Only what the program carries.
    public static let embedded = PriceBook()

    /// - Parameter overrides: counts before the lists that the program carries; the owner is a provider's name or its
    ///   kind, and the name goes first.
    public init(overrides: [PriceEntry] = []) {
        self.overrides = overrides.isEmpty ? nil : PriceTable(overrides)
    }

    /// Reads the embedded lists now, so that no call has to wait for it.
    public func prepare() { _ = EmbeddedCatalogue.table }

    /// nil: the price is not known.
    public func price(kind: String, provider: String, model: String, at time: Int64) -> Price? {
        override(kind: kind, provider: provider, model: model, at: time)
            ?? EmbeddedCatalogue.table.price(owner: kind, model: model, at: time)
    }

    /// What an attempt costs; zero where nothing was used, nil where something was whose price is not known.
    ///
    /// - Parameters:
    ///   - servedModel: the model that answered, in the provider's words; it is asked first.
    ///   - upstreamModel: the model that was asked for.
    public func cost(
        of usage: TokenUsage, kind: String, provider: String, servedModel: String?, upstreamModel: String,
        serviceTier: String?, region: String, at time: Int64
    ) -> Money? {
        if usage == TokenUsage() { return .zero }
        return price(kind, provider, servedModel ?? upstreamModel, upstreamModel, time)?
            .cost(of: usage, serviceTier: serviceTier, region: region, at: time)
    }

    private func price(
        _ kind: String, _ provider: String, _ served: String, _ upstream: String, _ time: Int64
    ) -> Price? {
        if overrides != nil {
            if let price = override(kind: kind, provider: provider, model: served, at: time) { return price }
            if let price = override(kind: kind, provider: provider, model: upstream, at: time) { return price }
        }
        let lists = EmbeddedCatalogue.table
        return lists.price(owner: kind, model: served, at: time)
            ?? (served == upstream ? nil : lists.price(owner: kind, model: upstream, at: time))
    }

    private func override(kind: String, provider: String, model: String, at time: Int64) -> Price? {
        guard let overrides else { return nil }
        return overrides.price(owner: provider, model: model, at: time)
            ?? (provider == kind ? nil : overrides.price(owner: kind, model: model, at: time))
    }
}
