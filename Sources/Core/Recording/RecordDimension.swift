/// Something by which calls are told apart: in filters, in sums, in metrics.
public enum RecordDimension: Sendable, Hashable, CustomStringConvertible {
    case project, region, endpoint, route, model, provider
    case upstreamModel, servedModel, serviceTier, key, status, outcome, errorCode, finishReason, streamed
    case fallback, cache
    case feature, team, environment, prompt, user, session
    /// The group that `cohorts` puts a user into.
    case cohort
    /// Any other tag.
    case tag(String)

    /// - Parameter name: as the API and the command line write it.
    public init?(_ name: some StringProtocol) {
        if let known = RecordDimension.byName[String(name)] {
            self = known
        } else if name.hasPrefix("tag."), name.utf8.count > 4, name.utf8.count <= 4 + Limits.tagNameBytesMax,
            !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
        {
            let tag = String(name.dropFirst(4)).lowercased()
            self = RecordDimension.ofTag[tag] ?? .tag(tag)
        } else {
            return nil
        }
    }

    public var description: String {
        if case .tag(let name) = self { return "tag." + name }
        return RecordDimension.names.first { $0.0 == self }?.1 ?? ""
    }

    /// Names that are taken, in the order in which they are offered to a person.
    public static let known: [String] = names.map(\.1)

    /// Tags that are dimensions of their own.
    public static let ofTag: [String: RecordDimension] = [
        "feature": .feature, "team": .team, "environment": .environment, "prompt": .prompt, "user": .user,
        "session": .session,
    ]

    /// Every dimension with its name.
    private static let names: [(RecordDimension, String)] = [
        (.feature, "feature"), (.user, "user"), (.cohort, "cohort"), (.session, "session"), (.prompt, "prompt"),
        (.model, "model"), (.key, "key"), (.team, "team"), (.provider, "provider"), (.project, "project"),
        (.region, "region"), (.environment, "environment"), (.route, "route"), (.endpoint, "endpoint"),
        (.upstreamModel, "upstream_model"), (.servedModel, "served_model"), (.serviceTier, "service_tier"),
        (.status, "status"), (.outcome, "outcome"), (.errorCode, "error_code"), (.finishReason, "finish_reason"),
        (.streamed, "streamed"), (.fallback, "fallback"), (.cache, "cache"),
    ]

    private static let byName: [String: RecordDimension] = {
        var result = Dictionary(uniqueKeysWithValues: names.map { ($0.1, $0.0) })
        result["error"] = .errorCode
        return result
    }()
}
