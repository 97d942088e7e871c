import Core

/// An entry of `features`.
enum FeatureBlock: Block {
    static let title = "feature"
    static let summary = """
        What a feature of the application brings in, so that the dashboard and `/api/v1/costs?by=feature` can tell its \
        margin: revenue less what its calls cost. It changes nothing of how calls are served.
        """
    static let example = """
        features:
          chat: { price_per_use: 0.05 }
          search: { price_per_use: 0.002 }
        """

    static let pricePerUse = Field<Self, Money>(
        "price_per_use", .dollars, isRequired: true, "US dollars that one call of the feature brings in.")
    static let fields: [any BlockField] = [pricePerUse]
}
