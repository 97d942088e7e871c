import Testing

@testable import Policy

@Suite struct PrioritySettingsTests {
    /// Classes: 0 critical, 1 normal (the default), 2 sheddable, 3 batch.
    @Test(
        arguments: [
            (named: nil, own: nil, highest: nil, granted: 1),
            (named: 0, own: nil, highest: nil, granted: 1),
            (named: 3, own: nil, highest: nil, granted: 3),
            (named: 0, own: nil, highest: 0, granted: 0),
            (named: 0, own: nil, highest: 2, granted: 2),
            (named: nil, own: nil, highest: 2, granted: 2),
            (named: nil, own: 0, highest: nil, granted: 0),
            (named: 2, own: 0, highest: nil, granted: 2),
            (named: 0, own: 3, highest: nil, granted: 3),
            (named: nil, own: 3, highest: 0, granted: 3),
        ] as [(named: Int?, own: Int?, highest: Int?, granted: Int)])
    func aClassIsGrantedWithinWhatTheKeyAllows(_ row: (named: Int?, own: Int?, highest: Int?, granted: Int)) {
        let settings = PrioritySettings()
        #expect(settings.granted(named: row.named, own: row.own, highest: row.highest) == row.granted)
    }
}
