/// Every kind of provider, one line each.
public enum ProviderList {
    public static let all: [ProviderKind] = [
        .openAI,
        .openAICompatible,
        .anthropic,
        .simulator,
    ]

    public static func kind(named name: String) -> ProviderKind? {
        all.first { $0.name == name }
    }
}
