/// Finds the route of a model's name: a whole name first, then the longest prefix.
public struct RouteTable: Sendable {
    public struct Match: Sendable {
        public let route: Route
        /// What the route's `*` matched; empty for a whole name.
        public let star: Substring
    }

    public let routes: [Route]
    private let exact: [String: Int]
    /// Longest first.
    private let prefixes: [(prefix: String, route: Int)]

    public init(_ routes: [Route]) {
        self.routes = routes
        var exact: [String: Int] = [:]
        var prefixes: [(prefix: String, route: Int)] = []
        for (index, route) in routes.enumerated() {
            if route.pattern.hasSuffix("*") {
                prefixes.append((String(route.pattern.dropLast()), index))
            } else {
                exact[route.pattern] = index
            }
        }
        self.exact = exact
        self.prefixes = prefixes.sorted { $0.prefix.utf8.count > $1.prefix.utf8.count }
    }

    public func match(_ model: String) -> Match? {
        if let index = exact[model] { return Match(route: routes[index], star: "") }
        // A star stands for something.
        for (prefix, index) in prefixes where model.hasPrefix(prefix) && model.utf8.count > prefix.utf8.count {
            return Match(route: routes[index], star: model.dropFirst(prefix.count))
        }
        return nil
    }

    /// The whole names, in the order of the configuration: what a list of models can show.
    public var names: [String] { routes.map(\.pattern).filter { !$0.hasSuffix("*") } }
}
