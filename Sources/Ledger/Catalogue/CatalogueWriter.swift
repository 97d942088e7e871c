import Core

/// Writes entries as a price catalogue: text that is small, read in one pass, and fit for a line-by-line diff.
///
///     headgate-prices 1
///     [openai]
///     gpt-5|2026-11-24|input=1250000 cache_read=125000 output=10000000|flex input=625000 output=5000000
///
/// Below the first line, `[...]` names the owner of the entries that follow, one a line: the model, the day from
/// which on it counts (`-`: since ever), the usual prices in pico-dollars per unit, and then parts that begin with a
/// word: a tier's name, `above=TOKENS`, or both, and the prices that count then; `windows`, the times of `off_peak`
/// as `1-5:600-1440`, days of the week and minutes; `region`, factors as `eu=11/10`. A line that begins with `#`, and
/// an empty one, count for nothing.
public enum CatalogueWriter {
    static let title = "headgate-prices 1"

    /// Ordered by owner, model and day.
    public static func text(_ entries: [PriceEntry], comment: String? = nil) -> String {
        var text = title + "\n"
        if let comment { text += "# \(comment)\n" }
        var owner: String?
        for entry in entries.sorted(by: precedes) {
            if entry.owner != owner { text += "[\(entry.owner)]\n" }
            owner = entry.owner
            text += line(entry) + "\n"
        }
        return text
    }

    private static func precedes(_ a: PriceEntry, _ b: PriceEntry) -> Bool {
        (a.owner, a.model, a.from ?? .min) < (b.owner, b.model, b.from ?? .min)
    }

    private static func line(_ entry: PriceEntry) -> String {
        var parts = [
            entry.model, entry.from.map { CivilDay.text(CivilDay.number(containing: $0)) } ?? "-", rates(entry.rates),
        ]
        for schedule in entry.schedules {
            parts.append((schedule.conditions + [rates(schedule.rates)]).joined(separator: " "))
        }
        if !entry.offPeakWindows.isEmpty {
            parts.append((["windows"] + entry.offPeakWindows.map(window)).joined(separator: " "))
        }
        if !entry.regionFactors.isEmpty {
            let factors = entry.regionFactors.map { "\($0.region)=\($0.numerator)/\($0.denominator)" }
            parts.append((["region"] + factors).joined(separator: " "))
        }
        return parts.joined(separator: "|")
    }

    /// `input=1250000 output=10000000`
    private static func rates(_ rates: Rates) -> String {
        PriceUnit.allCases.compactMap { unit in rates[unit].map { "\(unit.name)=\($0)" } }.joined(separator: " ")
    }

    private static func window(_ window: WeekWindow) -> String {
        let (days, minutes) = (window.days, window.minutes)
        return "\(days.lowerBound)-\(days.upperBound):\(minutes.lowerBound)-\(minutes.upperBound)"
    }
}
