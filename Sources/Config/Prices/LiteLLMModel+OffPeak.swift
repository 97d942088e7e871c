import Ledger

extension LiteLLMModel {
    /// DeepSeek's prices by time of day: `off_peak_pricing` has prices, and the times of the week at which they count.
    func addOffPeak(to entry: inout PriceEntry) throws(PriceListError) {
        guard let pricing = model["off_peak_pricing"] else { return }
        var rates = Rates()
        for (field, value) in pricing.members ?? [] {
            guard let (unit, tier, above) = Self.meaning(of: field), tier == nil, above == 0 else { continue }
            rates[unit] = try PriceList.picoDollars(value, per: 1, "\(key).off_peak_pricing.\(field)")
        }
        for window in pricing["windows"]?.elements ?? [] { entry.offPeakWindows += try windows(window) }
        entry.schedules.append(.init(tier: .offPeak, rates: rates))
    }

    private func windows(_ window: ListJSON) throws(PriceListError) -> [WeekWindow] {
        let hours = window["hours_utc"]
        let times = hours?.elements?.compactMap(\.string) ?? hours?.string.map { [$0] } ?? []
        let days = window["weekdays"]?.elements?.compactMap { $0.number.flatMap { Int($0) } } ?? Array(1...7)
        var result: [WeekWindow] = []
        for time in times {
            let ends = time.split(separator: "-").compactMap(Self.minute)
            guard ends.count == 2 else { throw PriceListError("\(key): expected a time such as 10:00-00:00") }
            for run in Self.runs(days) {
                for window in Self.windows(run, from: ends[0], to: ends[1]) {
                    guard let window else { throw PriceListError("\(key): '\(time)' is no time of a week") }
                    result.append(window)
                }
            }
        }
        return result
    }

    /// A time that goes past midnight counts until then on the day, and from then on the next one.
    private static func windows(_ days: ClosedRange<Int>, from start: Int, to end: Int) -> [WeekWindow?] {
        let midnight = WeekWindow.minutesPerDay
        if end == 0 { return [WeekWindow(days: days, minutes: start..<midnight)] }
        if start < end { return [WeekWindow(days: days, minutes: start..<end)] }
        let next = days.map { $0 % 7 + 1 }.map { WeekWindow(days: $0...$0, minutes: 0..<end) }
        return [WeekWindow(days: days, minutes: start..<midnight)] + next
    }

    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":").compactMap { Int($0) }
        guard parts.count == 2, (0...24).contains(parts[0]), (0..<60).contains(parts[1]) else { return nil }
        return parts[0] * 60 + parts[1]
    }

    /// Days in a row, as ranges.
    private static func runs(_ days: [Int]) -> [ClosedRange<Int>] {
        days.sorted().reduce(into: []) { runs, day in
            if let last = runs.last, last.upperBound + 1 == day {
                runs[runs.count - 1] = last.lowerBound...day
            } else {
                runs.append(day...day)
            }
        }
    }
}
