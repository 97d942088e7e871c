/// An estimate of the bytes that a YAML text stands for when its aliases are expanded.
///
/// It is worked out on the text, before YAML is read, because reading already walks expanded keys. An anchored node
/// has ended when its first alias appears, so it is no longer than what stands between. What only looks like an alias,
/// in quotes or comments, can deceive it; `ConfigLimits.expandedValuesMax` ends what gets past.
enum AliasBound {
    private struct Anchor {
        let start: Int
        /// Known from the first alias on, unless the name was given twice.
        var size: Int?
        var isReused = false
    }

    static func expandedBytes(of text: String) -> Int {
        var anchors: [Substring: Anchor] = [:]
        var expanded = 0
        var rest = text[...].utf8
        while let byte = rest.popFirst() {
            expanded += 1
            guard byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*") else { continue }
            let name = Substring(rest.prefix(while: Characters.isWord))
            guard !name.isEmpty else { continue }
            if byte == UInt8(ascii: "&") {
                let isReused = anchors[name] != nil
                anchors[name, default: Anchor(start: expanded)].isReused = isReused
            } else if let anchor = anchors[name] {
                let size = anchor.isReused ? expanded - anchor.start : anchor.size ?? expanded - anchor.start
                anchors[name]?.size = size
                expanded += size
            }
            guard expanded <= ConfigLimits.expandedBytesMax else { return expanded }
        }
        return expanded
    }
}
