import Core

/// Reads what `CatalogueWriter` describes. It fails closed: one wrong line, and nothing of the text counts.
public struct CatalogueReader {
    private var line = 0
    private var owner: String?
    private var entries: [PriceEntry] = []

    public static func entries(_ bytes: [UInt8]) throws(CatalogueError) -> [PriceEntry] {
        let text = bytes.span
        var reader = CatalogueReader()
        var start = 0
        while start < text.count {
            let end = text.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? text.count
            try reader.read(text.extracting(start..<end))
            start = end + 1
        }
        guard reader.line > 0 else { throw CatalogueError(line: 1, message: "it is empty") }
        return reader.entries
    }

    private mutating func read(_ text: Span<UInt8>) throws(CatalogueError) {
        line += 1
        if line == 1 {
            guard text.text == CatalogueWriter.title else {
                throw wrong("expected '\(CatalogueWriter.title)'")
            }
            return
        }
        guard !text.isEmpty, text[0] != UInt8(ascii: "#") else { return }
        if text[0] == UInt8(ascii: "["), text[text.count - 1] == UInt8(ascii: "]") {
            owner = text.extracting(1..<text.count - 1).text
            return
        }
        entries.append(try entry(text))
    }

    private func wrong(_ message: String) -> CatalogueError { CatalogueError(line: line, message: message) }

    private func entry(_ text: Span<UInt8>) throws(CatalogueError) -> PriceEntry {
        guard let owner else { throw wrong("an entry stands before the first owner") }
        var fields = Pieces()
        let bar = UInt8(ascii: "|")
        guard let model = fields.next(in: text, until: bar), !model.isEmpty else {
            throw wrong("expected the name of a model")
        }
        guard let day = fields.next(in: text, until: bar) else { throw wrong("expected a day behind the model") }
        var entry = PriceEntry(owner: owner, model: text.extracting(model).text, rates: Rates())
        entry.from = try from(text.extracting(day).text)
        guard let usual = fields.next(in: text, until: bar) else { throw wrong("expected prices behind the day") }
        var words = Pieces()
        let prices = text.extracting(usual)
        while let word = words.next(in: prices, until: UInt8(ascii: " ")) {
            try price(prices.extracting(word), into: &entry.rates)
        }
        while let part = fields.next(in: text, until: bar) { try self.part(text.extracting(part), into: &entry) }
        guard !entry.rates.isEmpty else { throw wrong("it has no price") }
        return entry
    }

    private func from(_ day: String) throws(CatalogueError) -> Int64? {
        if day == "-" { return nil }
        guard let number = CivilDay.number(day) else { throw wrong("expected a day as 2027-01-01, or -") }
        return number * CivilDay.microseconds
    }

    /// A part of an entry behind its usual prices.
    private func part(_ text: Span<UInt8>, into entry: inout PriceEntry) throws(CatalogueError) {
        let space = UInt8(ascii: " ")
        var words = Pieces()
        guard let head = words.next(in: text, until: space) else { throw wrong("a part is empty") }
        let first = text.extracting(head).text
        switch first {
        case "windows":
            while let word = words.next(in: text, until: space) {
                entry.offPeakWindows.append(try window(text.extracting(word).text))
            }
        case "region":
            while let word = words.next(in: text, until: space) {
                entry.regionFactors.append(try factor(text.extracting(word).text))
            }
        default:
            var schedule = PriceEntry.Schedule(tier: ServiceTier(rawValue: first), rates: Rates())
            if schedule.tier == nil { schedule.above = try threshold(first) }
            while let word = words.next(in: text, until: space) {
                let word = text.extracting(word)
                if schedule.above == 0, word.hasThresholdMark {
                    schedule.above = try threshold(word.text)
                } else {
                    try price(word, into: &schedule.rates)
                }
            }
            entry.schedules.append(schedule)
        }
    }

    private func price(_ word: Span<UInt8>, into rates: inout Rates) throws(CatalogueError) {
        guard let equals = word.firstIndex(of: UInt8(ascii: "="), from: 0),
            let unit = PriceUnit(name: word.extracting(0..<equals).text),
            let amount = word.extracting(equals + 1..<word.count).number
        else { throw wrong("expected a unit and its price in pico-dollars, such as input=1250000") }
        rates[unit] = amount
    }

    private func threshold(_ word: String) throws(CatalogueError) -> Int {
        guard word.hasPrefix("above="), let tokens = Int(word.dropFirst(6)), tokens > 0 else {
            throw wrong("expected a tier, above=TOKENS, windows or region")
        }
        return tokens
    }

    private func window(_ word: String) throws(CatalogueError) -> WeekWindow {
        let numbers = word.split(whereSeparator: { $0 == "-" || $0 == ":" }).compactMap { Int($0) }
        guard numbers.count == 4, numbers[0] <= numbers[1], numbers[2] < numbers[3],
            let window = WeekWindow(days: numbers[0]...numbers[1], minutes: numbers[2]..<numbers[3])
        else { throw wrong("expected days of the week and minutes, such as 1-5:600-1440") }
        return window
    }

    private func factor(_ word: String) throws(CatalogueError) -> PriceEntry.RegionFactor {
        let parts = word.split(separator: "=", omittingEmptySubsequences: false)
        let numbers = parts.count == 2 ? parts[1].split(separator: "/").compactMap { Int64($0) } : []
        guard numbers.count == 2, numbers[0] > 0, numbers[1] > 0 else {
            throw wrong("expected a region and its factor, such as eu=11/10")
        }
        return PriceEntry.RegionFactor(region: String(parts[0]), numerator: numbers[0], denominator: numbers[1])
    }
}

/// Where the pieces of a text lie, between separators.
private struct Pieces {
    private var start = 0

    mutating func next(in text: Span<UInt8>, until separator: UInt8) -> Range<Int>? {
        guard start < text.count else { return nil }
        let end = text.firstIndex(of: separator, from: start) ?? text.count
        defer { start = end + 1 }
        return start..<end
    }
}

extension Span<UInt8> {
    fileprivate func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        var index = start
        while index < count {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// Whether it is meant as `above=...`; no unit begins so.
    fileprivate var hasThresholdMark: Bool { count > 1 && self[0] == UInt8(ascii: "a") && self[1] == UInt8(ascii: "b") }

    fileprivate var text: String { withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) } }

    /// Digits only; nil where it is none, or too large for a price.
    fileprivate var number: Int64? {
        guard !isEmpty, count <= 18 else { return nil }
        var value: Int64 = 0
        for index in indices {
            let digit = self[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int64(digit)
        }
        return value
    }
}
