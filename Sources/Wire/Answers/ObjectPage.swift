public import NIOCore

/// One page of a provider's list of files or batches: `{"object":"list","data":[...],"has_more":...}`.
public struct ObjectPage {
    let items: [(id: String, json: ByteBuffer)]
    public let hasMore: Bool
    /// After which the next page begins.
    public let lastID: String?

    /// - Returns: nil for a body that is no list.
    public init?(_ body: ByteBuffer) {
        let read = body.withUnsafeReadableBytes { bytes -> (items: [(String, ByteBuffer)], hasMore: Bool)? in
            guard let view = JSONObjectView(bytes), let data = view.member("data"), data.kind == .array else {
                return nil
            }
            var items: [(String, ByteBuffer)] = []
            JSONScanner.forEachElement(of: view.value(data)) { element in
                guard let item = JSONObjectView(element), let id = item.string("id") else { return }
                items.append((id, ByteBuffer(bytes: element)))
            }
            return (items, view.flag("has_more") ?? false)
        }
        guard let read else { return nil }
        items = read.items.map { (id: $0.0, json: $0.1) }
        hasMore = read.hasMore
        lastID = items.last?.id
    }
}

/// One page of those objects of a list that somebody may see.
public struct OwnObjects {
    private let limit: Int
    private let others: [Substring]
    /// After which the client wants its page to begin.
    public let after: String?
    private var items: [(id: String, json: ByteBuffer)] = []
    private var hasMore = false

    /// - Parameter query: the client's, of which `limit` (1 to 10,000, else 20) bounds the page.
    public init(query: String?) {
        let parts = (query ?? "").split(separator: "&")
        let given = parts.first { $0.hasPrefix("limit=") }.flatMap { Int($0.dropFirst("limit=".count)) }
        limit = given.map { min(max($0, 1), 10_000) } ?? 20
        after = parts.first { $0.hasPrefix("after=") }.map { String($0.dropFirst("after=".count)) }
        others = parts.filter { !$0.hasPrefix("after=") }
    }

    public var isFull: Bool { items.count >= limit }

    /// - Parameters:
    ///   - andMore: other accounts follow.
    ///   - isOwn: whether the object of an id may be seen.
    public mutating func take(_ page: ObjectPage, andMore: Bool, where isOwn: (String) -> Bool) {
        hasMore = page.hasMore || andMore
        for item in page.items where isOwn(item.id) {
            guard !isFull else {
                hasMore = true
                return
            }
            items.append(item)
        }
    }

    /// The query of the provider's next page.
    /// - Parameter id: nil for an account's first one.
    public func query(after id: String?) -> String {
        let start = id.map { ["after=\(PercentEncoding.encodedUnreserved($0))"[...]] } ?? []
        return (others + start).joined(separator: "&")
    }

    public var body: ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("object", "list")
        writer.key("data")
        writer.beginArray()
        for item in items { writer.raw(item.json) }
        writer.endArray()
        // Without an item there is no place after which more could be asked for.
        writer.member("has_more", hasMore && !items.isEmpty)
        if let first = items.first, let last = items.last {
            writer.member("first_id", first.id)
            writer.member("last_id", last.id)
        }
        writer.endObject()
        return writer.buffer
    }
}
