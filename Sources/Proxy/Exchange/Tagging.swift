import Core
import Plan
import Wire

extension Exchange {
    /// The key's own tags first, then the client's where the key lets them count: headers before the body's words.
    func collectTags(_ facts: RequestFacts?) {
        record.tags = key?.tags ?? Tags()
        let fromClient = client.tags
        for (name, value) in fromClient where key?.acceptsClientTag(name) ?? true { record.tags.set(name, value) }
        if let session = client.clientSession { setUnlessKnown("session", session) }
        for (name, value) in facts?.bodyTags ?? [] { setUnlessKnown(name, value) }
        choosePriority()
    }

    private func setUnlessKnown(_ name: String, _ value: String) {
        guard record.tags[name] == nil, key?.acceptsClientTag(name) ?? true else { return }
        record.tags.set(name, value)
    }
}
