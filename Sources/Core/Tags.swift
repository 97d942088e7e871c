/// What a call is attributed to: `feature`, `user`, `session`, `environment`, `prompt`, `team` and any other name.
///
/// A short list, not a dictionary: few entries, read in order, compared as bytes. Names are lower case.
public struct Tags: Sendable, Equatable {
    public struct Tag: Sendable, Equatable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public private(set) var entries: [Tag] = []

    public init() {}

    public init(_ pairs: [(String, String)]) {
        for (name, value) in pairs { set(name, value) }
    }

    public var isEmpty: Bool { entries.isEmpty }

    public subscript(name: String) -> String? {
        entries.first { $0.name == name }?.value
    }

    /// Sets a tag, replacing an earlier value. Past `Limits.tagsMax` a new name is left out: a client must not
    /// grow a record without bound. Over-long values are cut at a character's boundary.
    /// - Returns: whether the tag is set.
    @discardableResult
    public mutating func set(_ name: String, _ value: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= Limits.tagNameBytesMax else { return false }
        let value = value.utf8.count <= Limits.tagValueBytesMax ? value : Tags.cut(value)
        if let index = entries.firstIndex(where: { $0.name == name }) {
            entries[index] = Tag(name: name, value: value)
            return true
        }
        guard entries.count < Limits.tagsMax else { return false }
        entries.append(Tag(name: name, value: value))
        return true
    }

    private static func cut(_ value: String) -> String {
        var end = value.utf8.index(value.startIndex, offsetBy: Limits.tagValueBytesMax)
        while end.samePosition(in: value) == nil { end = value.utf8.index(before: end) }
        return String(value[..<end])
    }
}
