import Core
import Plan
import Policy
import Wire

extension Compiler {
    func keys(
        of items: [At<Written<KeyBlock>>], models: [Named<Written<ModelBlock>>], _ priority: PrioritySettings
    ) -> [Key] {
        let table = RouteTable(models.map { Route(pattern: $0.name, targets: []) })
        var keys: [Key] = []
        var names: Set<String> = []
        var digests: Set<TokenDigest> = []
        for item in items {
            let block = item.value
            if let name = block.at(KeyBlock.name), !names.insert(name.value).inserted {
                errors.add(name.place, "two keys have the name '\(Shown.text(name.value))'")
            }
            checkModels(of: block, table)
            guard let digest = digest(of: block) else { continue }
            if !digests.insert(digest.value).inserted { errors.add(digest.place, "two keys have this token") }
            if let key = key(block, digest: digest.value, priority) { keys.append(key) }
        }
        return keys
    }

    private func key(_ block: Written<KeyBlock>, digest: TokenDigest, _ priority: PrioritySettings) -> Key? {
        guard let name = block[KeyBlock.name] else { return nil }
        let tags = (block[KeyBlock.tags] ?? []).compactMap { tag in tag.value.map { (tag.name, $0) } }
        if tags.count > Limits.tagsMax {
            errors.add(block.place(of: KeyBlock.tags), "a key has at most \(Limits.tagsMax) tags")
        }
        let permissions = block[KeyBlock.permissions].map { Set($0.map(\.value)) }
        return Key(
            id: name, name: name, project: block[KeyBlock.project] ?? "default", digest: digest,
            models: block[KeyBlock.models].map { ModelPatterns($0.map(\.value)) } ?? .all, tags: Tags(tags),
            clientTags: block[KeyBlock.tagsFromClient].map { .only(Set($0.map(\.value))) } ?? .all,
            permissions: permissions ?? [.infer, .feedback], expiresAtUnixMicroseconds: block[KeyBlock.expires],
            timeouts: block[KeyBlock.timeouts]?.overrides ?? TimeoutOverrides(),
            retries: block[KeyBlock.retries]?.overrides ?? RetryOverrides(), recordLevel: block[KeyBlock.record],
            limits: limitRule(block[KeyBlock.limits], key: name),
            priorityMax: priorityMax(block.at(KeyBlock.priorityMax), priority))
    }

    private func digest(of block: Written<KeyBlock>) -> At<TokenDigest>? {
        let hasToken = block.contains(KeyBlock.token)
        let hasDigest = block.contains(KeyBlock.tokenSHA256)
        guard hasToken != hasDigest else {
            let message =
                hasToken ? "'token' and 'token_sha256' exclude each other" : "missing key 'token', or 'token_sha256'"
            errors.add(hasToken ? block.place(of: KeyBlock.tokenSHA256) : block.place, message)
            return nil
        }
        guard let token = block.at(KeyBlock.token) else { return block.at(KeyBlock.tokenSHA256) }
        let characters = token.value.reveal().utf8
        guard Limits.tokenCharacters.contains(characters.count), characters.allSatisfy(Characters.isVisible) else {
            errors.add(
                token.place,
                "a token is \(Limits.tokenCharacters.lowerBound) to \(Limits.tokenCharacters.upperBound) printable "
                    + "ASCII characters without spaces; this one has \(characters.count) bytes")
            return nil
        }
        return At(place: token.place, value: TokenDigest.of(token: token.value.reveal()))
    }

    /// A whole name that no model answers for is a mistake; a prefix may be meant for models to come.
    private func checkModels(of block: Written<KeyBlock>, _ table: RouteTable) {
        for model in block[KeyBlock.models] ?? [] where !model.value.hasSuffix("*") && table.match(model.value) == nil {
            errors.add(
                model.place,
                "no model '\(Shown.text(model.value))' in 'models'"
                    + Suggestion.suffix(for: model.value, among: table.names))
        }
    }
}
