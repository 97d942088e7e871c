import Core
import Testing

@Suite struct CivilDayTests {
    @Test(
        arguments: [
            ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2026-11-24", 20_781),
            ("1600-03-01", -135_080),
        ] as [(String, Int64)])
    func countsDays(_ text: String, _ number: Int64) {
        #expect(CivilDay.number(text) == number)
        #expect(CivilDay.text(number) == text)
    }

    @Test(arguments: [(-1, -1), (0, 0), (86_399_999_999, 0), (86_400_000_000, 1)] as [(Int64, Int64)])
    func knowsTheDayOfATime(_ time: Int64, _ number: Int64) { #expect(CivilDay.number(containing: time) == number) }

    @Test(arguments: [
        "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "26-01-01", "2026-11-+4", "+026-01-01", "2026-01-00",
        "2026-01-01T", "", "x",
    ])
    func takesNoDayThatIsNone(_ text: String) { #expect(CivilDay.number(text) == nil as Int64?) }
}
