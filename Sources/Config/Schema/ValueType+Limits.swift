import Core
import FoundationEssentials
import Yams

/// An amount in a window, as it is written.
struct RateText: Sendable, Equatable {
    /// In the unit's own: requests, tokens or pico-dollars.
    let amount: Int64
    /// Nanoseconds.
    let window: Int64

    /// `100/1m`, `50k/1h`; of dollars `0.50/1d`.
    static func parse(_ text: String, _ unit: LimitedUnit) -> RateText? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let amount = unit == .cost ? dollars(parts[0]) : count(parts[0]), amount > 0,
            let window = UnitText.parse(String(parts[1]), units: UnitText.durations),
            DurationLimits.rateWindows.contains(window)
        else { return nil }
        return RateText(amount: amount, window: window)
    }

    private static func count(_ text: Substring) -> Int64? {
        let units = [UnitText.Unit(name: "", factor: 1)] + UnitText.multiples
        return UnitText.parse(String(text), units: units).flatMap { $0 <= ConfigLimits.rateAmountMax ? $0 : nil }
    }

    private static func dollars(_ text: Substring) -> Int64? {
        guard text.utf8.allSatisfy({ Characters.isDigit($0) || $0 == UInt8(ascii: ".") }) else { return nil }
        return Money(usd: text).flatMap { Int64(exactly: $0.picoUSD) }
    }
}

extension ValueType where Value == [RateText] {
    /// One rate, or a list of them with a window each.
    static func rates(_ unit: LimitedUnit) -> ValueType {
        let isMoney = unit == .cost
        let shape = ScalarShape(
            name: "amount in a time",
            expectation:
                "an amount and a time, such as \(isMoney ? "5/1d" : "100/1m or 50k/1h"), the time from 1s to 366d",
            form: .pattern(isMoney ? "^[0-9]+([.][0-9]+)?/[0-9]+(ms|s|m|h|d)$" : "^[0-9]+[kM]?/[0-9]+(ms|s|m|h|d)$"))
        let one = ValueType<RateText>.scalar(shape) { text throws(ScalarProblem) in
            guard let rate = RateText.parse(text, unit) else { throw .unexpected }
            return rate
        }
        let many = ValueType<[At<RateText>]>.list(one, minimum: 1)
        return ValueType(
            shape: .either([one.shape, many.shape]),
            read: { node, place, context in
                guard case .sequence = node else { return one.read(node, place, context).map { [$0] } }
                guard let rates = many.read(node, place, context) else { return nil }
                if rates.count > Limits.ratesPerUnitMax {
                    context.errors.add(place, "at most \(Limits.ratesPerUnitMax) amounts stand in the list")
                    return nil
                }
                for (index, rate) in rates.enumerated()
                where rates[..<index].contains(where: { $0.value.window == rate.value.window }) {
                    context.errors.add(rate.place, "two amounts have the same time")
                }
                return rates.map(\.value)
            },
            format: { _ in "" })
    }
}

extension ValueType where Value == [Named<String>] {
    /// Values that dimensions must have.
    static let conditions = ValueType.map(
        names: "key, model, tag, ...", .text("a value, or a prefix and `*`", bytesMax: Limits.modelNameBytesMax),
        nameProblem: TagName.problem)
}

extension ValueType where Value == String {
    static let dimension = ValueType.scalar(
        ScalarShape(
            name: "key, model, tag, ...",
            expectation: "key, project, model, route, provider, or the name of a tag such as user", form: .text)
    ) { text throws(ScalarProblem) in
        if let problem = TagName.problem(text) { throw .message(problem) }
        return text
    }
}

extension ValueType where Value == BudgetPeriod.Unit {
    static let budgetPeriod = ValueType.scalar(
        ScalarShape(
            name: "day, week, month or rolling 30d",
            expectation: "day, week, month, or rolling and a duration from 1h to 366d, such as rolling 30d",
            form: .pattern("^(day|week|month|rolling [0-9]+[hd])$"))
    ) { text throws(ScalarProblem) in
        switch text {
        case "day": return .day
        case "week": return .week
        case "month": return .month
        default: break
        }
        guard text.hasPrefix("rolling "),
            let length = UnitText.parse(String(text.dropFirst("rolling ".count)), units: UnitText.durations),
            DurationLimits.rollingPeriods.contains(length)
        else { throw .unexpected }
        return .rolling(length / 1000)
    }
}

extension ValueType where Value == ZoneOffsets {
    static let timeZone = ValueType.scalar(
        ScalarShape(
            name: "time zone", expectation: "the name of a time zone, such as UTC or Europe/Paris", form: .text),
        format: { _ in "UTC" }
    ) { text throws(ScalarProblem) in
        if text == "UTC" { return .utc }
        guard let zone = TimeZone(identifier: text) else { throw .unexpected }
        return ZoneOffsets(zone)
    }
}

extension ZoneOffsets {
    /// The zone's changes over the years that a running program may see.
    init(_ zone: TimeZone) {
        func microseconds(_ date: Date) -> Int64 { Int64(date.timeIntervalSince1970) * 1_000_000 }
        func offset(_ date: Date) -> Int64 { Int64(zone.secondsFromGMT(for: date)) * 1_000_000 }
        let start = Date(timeIntervalSince1970: 1_735_689_600)  // 2025
        let end = start.addingTimeInterval(50 * 365.25 * 86_400)
        var changes: [Change] = []
        var last = start
        while let next = zone.nextDaylightSavingTimeTransition(after: last), next < end, next > last {
            changes.append(Change(from: microseconds(next), offset: offset(next)))
            last = next
        }
        self.init(first: offset(start), changes: changes)
    }
}
