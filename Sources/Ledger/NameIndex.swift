/// Finds numbers by an owner and a model's name, by bytes and without making a text of them.
///
/// A table of its own and not a dictionary, because one call asks for several parts of one name.
struct NameIndex: Sendable {
    private struct Key: Sendable {
        let hash: UInt64
        let start: Int
        let ownerCount: Int
        let nameCount: Int
        let value: Int
    }

    private var bytes: [UInt8] = []
    private var keys: [Key] = []
    /// Places in `keys`, -1 where there is none; half of them at least are free.
    private var slots: [Int32]

    /// - Parameter names: what is found, as its place in this list; of two that are the same, the first counts.
    init(_ names: [(owner: String, name: String)]) {
        var capacity = 16
        while capacity < names.count * 2 { capacity *= 2 }
        slots = Array(repeating: -1, count: capacity)
        keys.reserveCapacity(names.count)
        for (value, name) in names.enumerated() { insert(name.owner, name.name, value) }
    }

    private mutating func insert(_ owner: String, _ name: String, _ value: Int) {
        let (ownerBytes, nameBytes) = (owner.utf8.span, name.utf8.span)
        let hash = NameIndex.hash(nameBytes, after: NameIndex.hash(ownerBytes))
        guard place(hash, ownerBytes, nameBytes) == nil else { return }
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(keys.count)
        keys.append(
            Key(
                hash: hash, start: bytes.count, ownerCount: ownerBytes.count, nameCount: nameBytes.count,
                value: value))
        bytes += owner.utf8
        bytes += name.utf8
    }

    func value(owner: Span<UInt8>, ownerHash: UInt64, name: Span<UInt8>) -> Int? {
        place(NameIndex.hash(name, after: ownerHash), owner, name).map { keys[$0].value }
    }

    private func place(_ hash: UInt64, _ owner: Span<UInt8>, _ name: Span<UInt8>) -> Int? {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let place = Int(slots[slot])
            let key = keys[place]
            if key.hash == hash, key.ownerCount == owner.count, key.nameCount == name.count,
                isEqual(owner, at: key.start), isEqual(name, at: key.start + key.ownerCount)
            {
                return place
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func isEqual(_ text: Span<UInt8>, at start: Int) -> Bool {
        for index in text.indices where bytes[start + index] != text[index] { return false }
        return true
    }

    /// FNV-1a, 64 bits wide. What is in the table comes from price lists and the configuration, not from clients.
    static func hash(_ text: Span<UInt8>, after start: UInt64 = 0xCBF2_9CE4_8422_2325) -> UInt64 {
        var hash = start
        for index in text.indices { hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01B3 }
        // A mark between owner and name, so that no letter moves from one to the other.
        return (hash ^ 0xFF) &* 0x100_0000_01B3
    }
}
