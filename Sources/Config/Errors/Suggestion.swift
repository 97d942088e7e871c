/// Finds the word that was probably meant.
enum Suggestion {
    /// `; did you mean 'x'?`, or nothing when no candidate is near.
    static func suffix(for word: String, among candidates: some Sequence<String>) -> String {
        nearest(to: word, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// The candidate with the fewest edits, if they are few and not most of the word.
    static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        guard !word.isEmpty, word.utf8.count <= ConfigLimits.suggestionWordBytesMax else { return nil }
        var best: (word: String, edits: Int)?
        for candidate in candidates {
            let difference = abs(candidate.utf8.count - word.utf8.count)
            guard difference <= ConfigLimits.suggestionEditsMax else { continue }
            let edits = edits(from: Array(word.lowercased().utf8), to: Array(candidate.lowercased().utf8))
            let isNear = edits <= ConfigLimits.suggestionEditsMax && 2 * edits <= candidate.utf8.count
            if isNear, edits < best?.edits ?? .max { best = (candidate, edits) }
        }
        return best?.word
    }

    /// Insertions, deletions, substitutions and swaps of neighbours (Damerau-Levenshtein, optimal string alignment).
    private static func edits(from a: [UInt8], to b: [UInt8]) -> Int {
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                var edits = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    edits = min(edits, beforeLast[j - 2] + 1)
                }
                row.append(edits)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
