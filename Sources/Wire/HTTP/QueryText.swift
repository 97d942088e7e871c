/// The parts of a request target's query, by their decoded names: a name that is encoded is the same name to a server.
public enum QueryText {
    public static func parts(_ query: String?) -> [(name: String, text: Substring)] {
        (query ?? "").split(separator: "&").map { part in
            let name = part.prefix { $0 != "=" }
            return (PercentEncoding.decoded(String(name)) ?? String(name), part)
        }
    }
}
