import Core
import NIOCore
import NIOEmbedded
import Testing

@testable import Proxy

/// Which of a host's addresses is connected to, in virtual time.
@Suite struct AddressRaceTests {
    private struct Refused: Error {}

    /// A race whose connections end when the test says so.
    private final class Track {
        let loop = EmbeddedEventLoop()
        var started: [EventLoopPromise<any Channel>] = []
        var result: Result<any Channel, any Error>?

        func run(addresses count: Int, within seconds: Int64 = 5) throws {
            let addresses = try (0..<count).map { try SocketAddress(ipAddress: "192.0.2.\($0)", port: 80) }
            AddressRace.run(addresses, loop: loop, deadline: loop.now + .seconds(seconds)) { _ in
                let promise = self.loop.makePromise(of: (any Channel).self)
                self.started.append(promise)
                return promise.futureResult
            }.assumeIsolated().whenComplete { self.result = $0 }
        }

        func channel() -> EmbeddedChannel { EmbeddedChannel(loop: loop) }

        var failure: ConnectError? {
            guard case .failure(let error)? = result else { return nil }
            return error as? ConnectError
        }
    }

    @Test func takesTheFirstThatAnswers() throws {
        let track = Track()
        try track.run(addresses: 3)
        #expect(track.started.count == 1)
        track.started[0].succeed(track.channel())
        #expect(track.failure == nil && track.result != nil)
        track.loop.advanceTime(by: .seconds(10))
        #expect(track.started.count == 1, "the others are not tried any more")
    }

    @Test func triesTheNextAtOnceWhenOneRefuses() throws {
        let track = Track()
        try track.run(addresses: 3)
        track.started[0].fail(Refused())
        #expect(track.started.count == 2 && track.result == nil)
        track.started[1].succeed(track.channel())
        #expect(track.result != nil)
    }

    @Test func triesTheNextAfterAWhenOneIsSilentAndClosesALateWinner() throws {
        let track = Track()
        try track.run(addresses: 2)
        track.loop.advanceTime(by: .milliseconds(Int64(Limits.connectionAttemptDelayMilliseconds) - 1))
        #expect(track.started.count == 1)
        track.loop.advanceTime(by: .milliseconds(1))
        #expect(track.started.count == 2)
        track.started[1].succeed(track.channel())
        #expect(track.result != nil)
        let late = track.channel()
        try late.connect(to: SocketAddress(ipAddress: "192.0.2.0", port: 80)).wait()
        track.started[0].succeed(late)
        #expect(!late.isActive)
    }

    @Test func saysWhyNoneAnswered() throws {
        let track = Track()
        try track.run(addresses: 2)
        track.started[0].fail(Refused())
        track.started[1].fail(Refused())
        guard case .refused(let detail)? = track.failure else { return #expect(Bool(false)) }
        #expect(detail.contains("192.0.2.1"))
    }

    @Test func endsWithItsTime() throws {
        let track = Track()
        try track.run(addresses: 1, within: 2)
        track.loop.advanceTime(by: .seconds(2))
        #expect(track.failure == .timedOut)
    }
}
