import Core
import Plan
import Policy
import Wire

extension StoredKey {
    /// The key as the data plane knows it: one for each token that is still good.
    /// One whose class of priority the configuration no longer has gets the least important: it must not rise.
    func planned(_ priority: PrioritySettings, now: Int64) -> [Key] {
        guard revokedAt == nil else { return [] }
        return tokens.compactMap { token in
            guard let digest = TokenDigest(hexadecimal: token.digest) else { return nil }
            let ends = [expiresAt, token.expiresAt].compactMap { $0 }.min()
            if let ends, ends <= now { return nil }
            return Key(
                id: id, name: name, project: project, digest: digest, models: ModelPatterns(models),
                tags: Tags(tags.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
                permissions: Set(permissions.compactMap(Permission.init)), expiresAtUnixMicroseconds: ends,
                recordLevel: recordLevel,
                priorityMax: priorityMax.map { priority.place(of: $0) ?? priority.classes.count - 1 })
        }
    }
}
