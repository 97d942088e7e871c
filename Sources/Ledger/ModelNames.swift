/// The parts of a model's name by which a price list may know it: as it stands, without what says how it is reached,
/// and without what says which version it is.
enum ModelNames {
    /// Marks of the way, in front: of Gemini, Fireworks and Vertex resources, and of Bedrock's inference profiles.
    private static let prefixes: [StaticString] = [
        "models/", "accounts/fireworks/models/", "publishers/google/models/", "publishers/anthropic/models/", "us.",
        "eu.", "apac.", "global.", "au.", "jp.", "ca.", "us-gov.",
    ]
    private static let versionsMax = 3

    /// Tries the parts in order, the most exact first: one that keeps its version comes before those that lost it.
    ///
    /// - Parameter lookUp: what a list has for a part of the name.
    static func firstMatch(
        in name: Span<UInt8>, _ lookUp: (Span<UInt8>) -> Int?
    ) -> Int? {
        var end = name.count
        for _ in 0...versionsMax {
            var start = 0
            while true {
                let part = name.extracting(start..<end)
                if let match = lookUp(part) { return match }
                let cut = prefixLength(part)
                if cut == 0 { break }
                start += cut
            }
            let shorter = endWithoutVersion(name, end)
            if shorter == end { return nil }
            end = shorter
        }
        return nil
    }

    /// Bytes of a mark of the way at the front; 0: there is none.
    private static func prefixLength(_ name: Span<UInt8>) -> Int {
        for prefix in prefixes where name.starts(with: prefix) { return prefix.utf8CodeUnitCount }
        // The vendor before a model of a reseller (`openai/gpt-4o`), or all before the name in an ARN.
        let slashes = name.indices.reduce(into: 0) { $0 += name[$1] == UInt8(ascii: "/") ? 1 : 0 }
        guard slashes == 1 || name.starts(with: "arn:") && slashes > 1,
            let slash = name.indices.last(where: { name[$0] == UInt8(ascii: "/") }), slash + 1 < name.count
        else { return 0 }
        return slash + 1
    }

    /// Where the name ends without `-latest`, `@...`, `-v1:0`, `:0`, `-20251001`, `-2024-08-06`, `-001`, or, of a model
    /// that was fine-tuned (`ft:gpt-4o:org::id`), without whose it is.
    private static func endWithoutVersion(_ name: Span<UInt8>, _ end: Int) -> Int {
        let name = name.extracting(0..<end)
        if let at = name.indices.last(where: { name[$0] == UInt8(ascii: "@") }), at > 0 { return at }
        if name.starts(with: "ft:") {
            let colon = name.indices.dropFirst(3).first { name[$0] == UInt8(ascii: ":") }
            if let colon, colon > 3 { return colon }
        }
        if name.count > 7, name.extracting(name.count - 7..<name.count).starts(with: "-latest") { return end - 7 }
        for shape in [":d", "-vd", "-dddddddd", "-dddd-dd-dd", "-ddd"] as [StaticString] {
            let length = shape.utf8CodeUnitCount
            guard name.count > length else { continue }
            if name.extracting(name.count - length..<name.count).hasShape(shape) { return end - length }
        }
        return end
    }
}

extension Span<UInt8> {
    fileprivate func starts(with text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount where self[index] != text.utf8Start[index] { return false }
        return true
    }

    /// Whether it is this text, in which `d` stands for any digit.
    fileprivate func hasShape(_ shape: StaticString) -> Bool {
        for index in indices {
            let expected = shape.utf8Start[index]
            let isDigit = self[index] &- UInt8(ascii: "0") < 10
            guard expected == UInt8(ascii: "d") ? isDigit : self[index] == expected else { return false }
        }
        return true
    }
}
