import Core
import NIOCore
import NIOEmbedded
import Testing

@testable import Proxy

/// Which of a host's addresses is connected to, on a clock that the tests move.
@Suite struct AddressRaceTests {
    private struct Refused: Error {}

    /// A race whose connections end as the test says.
    private final class Race {
        let loop = EmbeddedEventLoop()
        private(set) var tried: [EventLoopPromise<any Channel>] = []
        private(set) var winner: (any Channel)?
        private(set) var failure: (any Error)?

        init(_ count: Int, timeout: TimeAmount = .seconds(5)) throws {
            let addresses = try (0..<count).map { try SocketAddress(ipAddress: "10.0.0.\($0 + 1)", port: 80) }
            AddressRace.run(addresses, loop: loop, deadline: loop.now + timeout) { _ in
                let promise = self.loop.makePromise(of: (any Channel).self)
                self.tried.append(promise)
                return promise.futureResult
            }.assumeIsolated().whenComplete { result in
                switch result {
                case .success(let channel): self.winner = channel
                case .failure(let error): self.failure = error
                }
            }
        }

        func channel() throws -> EmbeddedChannel {
            let channel = EmbeddedChannel(loop: loop)
            try channel.connect(to: SocketAddress(ipAddress: "10.0.0.1", port: 80)).wait()
            return channel
        }

        /// Those that are still on their way fail, so that no promise is left over.
        func end() { for promise in tried { promise.fail(Refused()) } }
    }

    @Test func triesTheSecondAtOnceWhenTheFirstRefuses() throws {
        let race = try Race(2)
        #expect(race.tried.count == 1)
        race.tried[0].fail(Refused())
        #expect(race.tried.count == 2)
        let second = try race.channel()
        race.tried[1].succeed(second)
        #expect(race.winner === second && second.isActive)
        race.end()
    }

    @Test func triesTheSecondAfterAWhileWhenTheFirstHangs() throws {
        let race = try Race(3)
        race.loop.advanceTime(by: .milliseconds(249))
        #expect(race.tried.count == 1)
        race.loop.advanceTime(by: .milliseconds(1))
        #expect(race.tried.count == 2)
        race.loop.advanceTime(by: .milliseconds(250))
        #expect(race.tried.count == 3)
        race.loop.advanceTime(by: .milliseconds(250))
        #expect(race.tried.count == 3)
        let last = try race.channel()
        race.tried[2].succeed(last)
        #expect(race.winner === last)
        race.end()
    }

    @Test func closesTheWinnerThatComesLate() throws {
        let race = try Race(2)
        race.loop.advanceTime(by: .milliseconds(250))
        let (first, second) = (try race.channel(), try race.channel())
        race.tried[1].succeed(second)
        race.tried[0].succeed(first)
        race.loop.run()
        #expect(race.winner === second && second.isActive && !first.isActive)
    }

    @Test func startsNoFurtherConnectionWhenOneHasWon() throws {
        let race = try Race(3)
        race.tried[0].succeed(try race.channel())
        race.loop.advanceTime(by: .seconds(10))
        #expect(race.tried.count == 1 && race.winner != nil && race.failure == nil)
    }

    @Test func saysWhatTheLastOneSaidWhenAllFail() throws {
        let race = try Race(2)
        race.tried[0].fail(Refused())
        race.tried[1].fail(Refused())
        #expect(race.failure as? ConnectError == .refused("10.0.0.2:80: Refused()"))
    }

    @Test func waitsForTheFirstWhenTheSecondFails() throws {
        let race = try Race(2)
        race.loop.advanceTime(by: .milliseconds(250))
        race.tried[1].fail(Refused())
        #expect(race.failure == nil)
        race.tried[0].succeed(try race.channel())
        #expect(race.winner != nil)
    }

    @Test func endsAtTheDeadlineAndClosesWhatComesAfterIt() throws {
        let race = try Race(2, timeout: .milliseconds(400))
        race.loop.advanceTime(by: .milliseconds(399))
        #expect(race.failure == nil)
        race.loop.advanceTime(by: .milliseconds(1))
        #expect(race.failure as? ConnectError == .timedOut)
        let late = try race.channel()
        race.tried[0].succeed(late)
        race.loop.run()
        #expect(!late.isActive)
        race.end()
    }

    @Test func failsWithoutAnyAddress() throws {
        let race = try Race(0)
        #expect(race.failure != nil)
    }
}
