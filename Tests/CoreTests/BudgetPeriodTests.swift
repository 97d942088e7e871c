import Testing

@testable import Core

@Suite struct BudgetPeriodTests {
    private let hour: Int64 = 3_600_000_000
    private func at(_ day: String, hours: Int64 = 0) -> Int64 {
        CivilDay.number(day)! * CivilDay.microseconds + hours * hour
    }

    /// An hour before UTC in winter, two in summer, as in Paris.
    private var paris: ZoneOffsets {
        ZoneOffsets(
            first: hour,
            changes: [
                ZoneOffsets.Change(from: at("2026-03-29", hours: 1), offset: 2 * hour),
                ZoneOffsets.Change(from: at("2026-10-25", hours: 1), offset: hour),
            ])
    }

    @Test func daysWeeksAndMonthsBeginAtMidnightOfTheZone() {
        let day = BudgetPeriod(.day, zone: paris).window(at: at("2026-07-14", hours: 23))
        #expect(day.from == at("2026-07-14", hours: 22) && day.until == at("2026-07-15", hours: 22))
        let week = BudgetPeriod(.week).window(at: at("2026-11-26"))
        #expect(week.from == at("2026-11-23") && week.until == at("2026-11-30"))
        let monday = BudgetPeriod(.week).window(at: at("2026-11-23"))
        #expect(monday.from == week.from)
        let month = BudgetPeriod(.month, zone: paris).window(at: at("2026-12-31", hours: 23))
        #expect(month.from == at("2026-12-31", hours: 23) && month.until == at("2027-01-31", hours: 23))
    }

    @Test func aDayOnWhichClocksChangeIsShorterOrLonger() {
        let spring = BudgetPeriod(.day, zone: paris).window(at: at("2026-03-29", hours: 12))
        #expect(spring.until - spring.from == 23 * hour)
        let autumn = BudgetPeriod(.day, zone: paris).window(at: at("2026-10-25", hours: 12))
        #expect(autumn.until - autumn.from == 25 * hour)
    }

    @Test func everyInstantIsInThePeriodThatIsToldForIt() {
        for unit in [BudgetPeriod.Unit.day, .week, .month, .rolling(30 * CivilDay.microseconds)] {
            let period = BudgetPeriod(unit, zone: paris)
            for step in Int64(0)..<2000 {
                let now = at("2026-01-01") + step * 7 * hour + step
                let window = period.window(at: now)
                #expect(window.slot <= now && now < window.until && window.from <= window.slot)
                #expect(period.window(at: window.until).slot == window.until)
                #expect(period.window(at: window.until - 1).slot == window.slot)
            }
        }
    }

    @Test func aMissingValueCountsAsOne() {
        let rule = LimitRule(
            kind: .limit, name: "x", match: [LimitCondition(.tag("team"), "gr*")], per: [.tag("user"), .model])
        #expect(rule.values { $0 == .tag("team") ? "growth" : nil } == "none\u{1F}none")
        #expect(rule.values { _ in nil } == nil)
        #expect(rule.values { $0 == .tag("user") ? "a\u{1F}b" : "growth" } == "a b\u{1F}growth")
        #expect(rule.split("none\u{1F}m") == ["none", "m"])
    }
}
