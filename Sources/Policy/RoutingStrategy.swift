/// How one of a model's targets is chosen, among those of the first priority group that has any.
public enum RoutingStrategy: String, Sendable, CaseIterable {
    case weighted
}
