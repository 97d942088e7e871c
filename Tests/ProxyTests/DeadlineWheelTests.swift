import NIOCore
import NIOEmbedded
import Testing

@testable import Proxy

/// Deadlines of one loop, in virtual time.
@Suite struct DeadlineWheelTests {
    private let loop = EmbeddedEventLoop()

    @Test func firesNeverEarlyAndAtMostATickLate() {
        let wheel = DeadlineWheel(loop)
        for milliseconds in [1, 9, 10, 11, 999, 10_239, 10_240, 25_000, 600_000] as [Int64] {
            var fired = 0
            let deadline = Deadline(wheel) { fired += 1 }
            deadline.set(loop.now + .milliseconds(milliseconds))
            loop.advanceTime(by: .milliseconds(milliseconds) - .nanoseconds(1))
            #expect(fired == 0, "\(milliseconds) ms: early")
            loop.advanceTime(by: .milliseconds(20))
            #expect(fired == 1, "\(milliseconds) ms: late")
            loop.advanceTime(by: .seconds(30))
            #expect(fired == 1, "\(milliseconds) ms: twice")
        }
    }

    @Test func followsADeadlineThatIsMoved() {
        let wheel = DeadlineWheel(loop)
        var fired = 0
        let deadline = Deadline(wheel) { fired += 1 }
        deadline.set(loop.now + .seconds(1))
        for _ in 0..<50 {
            loop.advanceTime(by: .milliseconds(500))
            deadline.set(loop.now + .seconds(1))
        }
        #expect(fired == 0)
        deadline.set(loop.now + .milliseconds(30))
        loop.advanceTime(by: .milliseconds(50))
        #expect(fired == 1)
        deadline.set(loop.now + .seconds(1))
        deadline.clear()
        loop.advanceTime(by: .seconds(20))
        #expect(fired == 1)
    }

    @Test func anActionMaySetAndEndDeadlines() {
        let wheel = DeadlineWheel(loop)
        var fired: [String] = []
        var other: Deadline?
        other = Deadline(wheel) { fired.append("other") }
        var again: Deadline?
        again = Deadline(wheel) {
            fired.append("again")
            other?.end()
            if fired.count < 3 { again?.set(loop.now + .milliseconds(100)) }
        }
        other?.set(loop.now + .milliseconds(100))
        again?.set(loop.now + .milliseconds(100))
        loop.advanceTime(by: .seconds(5))
        #expect(fired.filter { $0 == "again" }.count + fired.filter { $0 == "other" }.count == fired.count)
        #expect(fired.count == 3 && fired.filter { $0 == "other" }.count <= 1)
        again?.end()
    }

    @Test func holdsManyAndReleasesEach() {
        let wheel = DeadlineWheel(loop)
        var fired = 0
        var deadlines = (0..<5000).map { index in
            let deadline = Deadline(wheel) { fired += 1 }
            deadline.set(loop.now + .milliseconds(Int64(index * 7 % 30_000)))
            return deadline
        }
        deadlines[..<1000].forEach { $0.end() }
        loop.advanceTime(by: .seconds(40))
        #expect(fired == 4000)
        weak let last = deadlines.last
        deadlines.forEach { $0.end() }
        deadlines = []
        #expect(last == nil)
    }
}
