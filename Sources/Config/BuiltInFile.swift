import Wire

/// The file that is read when there is none: it goes the way of all others.
public enum BuiltInFile {
    /// What errors call it.
    public static let name = "built-in configuration"
    /// The name of the provider that is always there.
    private static let demo = "demo"

    /// Every kind of provider whose key the environment has, named like the kind.
    public static func text(environment: [String: String]) -> String {
        var providers: [(name: String, settings: String)] = []
        for kind in ProviderList.all {
            // One without an address of its own needs a file.
            guard let variable = kind.environmentKey, kind.baseURL != nil, environment[variable]?.isEmpty == false
            else {
                continue
            }
            providers.append((kind.name, "{ kind: \(kind.name), api_key: \"${\(variable)}\" }"))
        }
        providers.append((demo, "{ kind: \(ProviderKind.simulator.name) }"))
        let models = providers.map { "  \"\($0.name)/*\": { targets: [ { provider: \($0.name), model: \"*\" } ] }\n" }
        return "providers:\n" + providers.map { "  \($0.name): \($0.settings)\n" }.joined() + "models:\n"
            + models.joined()
    }
}
