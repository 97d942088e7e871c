public import Core

/// What models cost: the price lists that the program carries, those that were imported, and what the configuration
/// says.
///
/// It never guesses: what has no price in any of them has an unknown price, which is not zero. Immutable, and asked
/// once per attempt on the request path.
public final class PriceBook: Sendable {
    private let overrides: PriceTable?
    /// nil: only the embedded lists, which all books share and which are read when first asked.
    private let lists: PriceTable?
    /// All entries, those of the configuration aside.
    public let imported: [PriceEntry]
    public let configured: [PriceEntry]

    /// Only what the program carries.
    public static let embedded = PriceBook()

    /// - Parameters:
    ///   - imported: counts with the embedded lists: of all entries for a model, the newest that has begun.
    ///   - overrides: counts before them; the owner is a provider's name or its kind, and the name goes first.
    public init(imported: [PriceEntry] = [], overrides: [PriceEntry] = []) {
        self.imported = imported
        configured = overrides
        lists = imported.isEmpty ? nil : PriceTable(EmbeddedCatalogue.entries + imported)
        self.overrides = overrides.isEmpty ? nil : PriceTable(overrides)
    }

    private var listTable: PriceTable { lists ?? EmbeddedCatalogue.table }

    /// Every entry of the lists, what the configuration says aside.
    public var listed: [PriceEntry] { EmbeddedCatalogue.entries + imported }

    /// The same with other imported lists, or with none.
    public func replacingImported(_ imported: [PriceEntry]) -> PriceBook {
        PriceBook(imported: imported, overrides: configured)
    }

    /// Reads the embedded lists now, so that no call has to wait for it.
    public func prepare() { _ = listTable }

    /// nil: the price is not known.
    public func price(kind: String, provider: String, model: String, at time: Int64) -> Price? {
        override(kind: kind, provider: provider, model: model, at: time)
            ?? listTable.price(owner: kind, model: model, at: time)
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

    /// What an attempt costs: what its provider says itself, else by the lists; nothing where no use is known.
    ///
    /// - Parameter time: when its exchange began.
    public func cost(of attempt: AttemptRecord, at time: Int64) -> Money? {
        guard attempt.usageSource != .none else { return .zero }
        return attempt.statedCost
            ?? cost(
                of: attempt.usage, kind: attempt.providerKind, provider: attempt.provider,
                servedModel: attempt.servedModel, upstreamModel: attempt.upstreamModel,
                serviceTier: attempt.serviceTier, region: attempt.region, at: time)
    }

    func price(
        _ kind: String, _ provider: String, _ served: String, _ upstream: String, _ time: Int64
    ) -> Price? {
        if overrides != nil {
            if let price = override(kind: kind, provider: provider, model: served, at: time) { return price }
            if let price = override(kind: kind, provider: provider, model: upstream, at: time) { return price }
        }
        let lists = listTable
        return lists.price(owner: kind, model: served, at: time)
            ?? (served == upstream ? nil : lists.price(owner: kind, model: upstream, at: time))
    }

    private func override(kind: String, provider: String, model: String, at time: Int64) -> Price? {
        guard let overrides else { return nil }
        return overrides.price(owner: provider, model: model, at: time)
            ?? (provider == kind ? nil : overrides.price(owner: kind, model: model, at: time))
    }
}
