import Core

/// A date in a header field (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`. The two older forms are not read: no
/// provider writes them.
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// - Returns: microseconds since 1970; nil for what is no date.
    static func parse(_ text: String) -> Int64? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT",
            let month = months.firstIndex(where: { $0 == words[2] })
        else { return nil }
        let number = month + 1
        return InstantText.parse("\(words[3])-\(number < 10 ? "0" : "")\(number)-\(words[1])T\(words[4])Z")
    }
}
