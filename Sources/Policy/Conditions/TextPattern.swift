/// A text in which each `*` stands for any characters, or for none.
///
/// The parts between the stars are looked for from left to right and never twice, so that no pattern makes the search
/// go back: its cost is at most the text's length times that of the longest part.
struct TextPattern: Sendable {
    private let first: [UInt8]
    private let middle: [[UInt8]]
    /// nil: the pattern has no star.
    private let last: [UInt8]?

    init(_ pattern: String) {
        let parts = pattern.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
        first = parts[0]
        last = parts.count > 1 ? parts[parts.count - 1] : nil
        middle = parts.dropFirst().dropLast().filter { !$0.isEmpty }
    }

    func matches(_ text: String) -> Bool {
        guard let last else { return text.utf8.elementsEqual(first) }
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count >= first.count + last.count, bytes.starts(with: first),
                bytes[(bytes.count - last.count)...].elementsEqual(last)
            else { return false }
            var position = first.count
            let end = bytes.count - last.count
            for part in middle {
                guard let place = Self.place(of: part, in: bytes, from: position, to: end) else { return false }
                position = place + part.count
            }
            return true
        }
    }

    private static func place(of part: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int)
        -> Int?
    {
        guard end - start >= part.count else { return nil }
        return (start...(end - part.count)).first { bytes[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
