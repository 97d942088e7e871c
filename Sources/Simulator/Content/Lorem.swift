import Core

/// Text that means nothing, and its pieces.
enum Lorem {
    /// Bytes of text that count as one token.
    static let tokenBytes = 4
    /// Tokens of a text whose length nobody asked for.
    static let tokensByDefault = 40...120

    private static let words = """
        lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore \
        magna aliqua ut enim ad minim veniam quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo \
        consequat duis aute irure dolor in reprehenderit in voluptate velit esse cillum dolore eu fugiat nulla \
        pariatur excepteur sint occaecat cupidatat non proident sunt in culpa qui officia deserunt mollit anim id est \
        laborum
        """.split(separator: " ").map { Array($0.utf8) }

    /// Sentences of exactly so many tokens, in ASCII.
    static func text(tokens: Int, _ random: inout RandomSource) -> String {
        let bytesMax = tokens * tokenBytes
        var bytes: [UInt8] = []
        bytes.reserveCapacity(bytesMax + 32)
        var wordsLeft = 0
        while bytes.count < bytesMax {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: " ")) }
            let isFirst = wordsLeft == 0
            if isFirst { wordsLeft = Int.random(in: 6...14, using: &random) }
            var word = words[Int.random(in: 0..<words.count, using: &random)]
            if isFirst { word[0] -= 0x20 }
            bytes += word
            wordsLeft -= 1
            if wordsLeft == 0 { bytes.append(UInt8(ascii: ".")) }
        }
        bytes.removeLast(bytes.count - bytesMax)
        if bytes.last == UInt8(ascii: " ") { bytes[bytesMax - 1] = UInt8(ascii: ".") }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func tokens(of text: String) -> Int { tokens(bytes: text.utf8.count) }

    static func tokens(bytes: Int) -> Int { (bytes + tokenBytes - 1) / tokenBytes }

    /// Cuts a text into pieces of at least `pieceBytes`, never inside a character's encoding.
    static func pieces(of text: String, pieceBytes: Int = tokenBytes) -> [String] {
        let bytes = Array(text.utf8)
        var pieces: [String] = []
        var start = 0
        while start < bytes.count {
            var end = min(start + pieceBytes, bytes.count)
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
            pieces.append(String(decoding: bytes[start..<end], as: UTF8.self))
            start = end
        }
        return pieces
    }
}
