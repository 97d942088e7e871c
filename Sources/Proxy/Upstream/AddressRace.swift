import Core
import NIOCore

/// Connects to the first of a host's addresses that answers, each tried a little after the one before
/// ("Happy Eyeballs", RFC 8305). Lives on one loop.
final class AddressRace {
    private let addresses: [SocketAddress]
    private let loop: any EventLoop
    private let connect: (SocketAddress) -> EventLoopFuture<any Channel>
    private let promise: EventLoopPromise<any Channel>
    private var next = 0
    private var pending = 0
    private var isOver = false
    private var stagger: Scheduled<Void>?
    private var timeout: Scheduled<Void>?
    private var lastFailure = "no address"

    private init(
        _ addresses: [SocketAddress], loop: any EventLoop,
        connect: @escaping (SocketAddress) -> EventLoopFuture<any Channel>
    ) {
        self.addresses = addresses
        self.loop = loop
        self.connect = connect
        promise = loop.makePromise()
    }

    /// Call on the loop. The result is on it too.
    static func run(
        _ addresses: [SocketAddress], loop: any EventLoop, deadline: NIODeadline,
        connect: @escaping (SocketAddress) -> EventLoopFuture<any Channel>
    ) -> EventLoopFuture<any Channel> {
        let race = AddressRace(addresses, loop: loop, connect: connect)
        race.timeout = loop.assumeIsolated().scheduleTask(deadline: deadline) {
            race.end(.failure(ConnectError.timedOut))
        }
        if addresses.isEmpty { race.end(.failure(ConnectError.refused(race.lastFailure))) } else { race.tryNext() }
        return race.promise.futureResult
    }

    private func tryNext() {
        stagger?.cancel()
        guard !isOver, next < addresses.count else { return }
        let address = addresses[next]
        next += 1
        pending += 1
        connect(address).assumeIsolated().whenComplete { result in
            self.pending -= 1
            switch result {
            case .success(let channel):
                if self.isOver { channel.close(promise: nil) } else { self.end(.success(channel)) }
            case .failure(let error):
                self.failed(address, error)
            }
        }
        if !isOver, next < addresses.count {
            let delay = TimeAmount.milliseconds(Int64(Limits.connectionAttemptDelayMilliseconds))
            stagger = loop.assumeIsolated().scheduleTask(in: delay) { self.tryNext() }
        }
    }

    private func failed(_ address: SocketAddress, _ error: any Error) {
        lastFailure = "\(address.ipAddress ?? "?"):\(address.port ?? 0): \(error)"
        if next < addresses.count {
            tryNext()
        } else if pending == 0 {
            end(.failure(ConnectError.refused(lastFailure)))
        }
    }

    private func end(_ result: Result<any Channel, any Error>) {
        guard !isOver else { return }
        isOver = true
        stagger?.cancel()
        timeout?.cancel()
        promise.completeWith(result)
    }
}
