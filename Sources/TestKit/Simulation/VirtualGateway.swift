package import Core
import Logging
package import NIOCore
package import Plan
import Proxy

/// A data plane on a virtual loop before upstreams that follow a script: for what must happen at an exact time.
package final class VirtualGateway {
    /// What an upstream does with a request, in order.
    package enum Act: Sendable {
        case send(String)
        /// Milliseconds.
        case wait(Int)
        case close
        case reset
    }

    private let loop = VirtualLoop()
    private let plane: EmbeddedPlane
    private let collected = SimulatedRecords()

    /// - Parameter script: by the upstream's host and its request's number, counted over all; nil: it never connects.
    package init(_ snapshot: Snapshot, script: @escaping (_ host: String, _ request: Int) -> [Act]?) throws {
        let loop = loop
        plane = try EmbeddedPlane(
            snapshot, loop: loop, connector: ScriptedConnector(loop, script),
            log: OperationalLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }), seed: 1,
            unixMicroseconds: { loop.unixMicroseconds }, records: collected)
    }

    package var records: [ExchangeRecord] { collected.all }

    /// Sends bytes on a new connection and runs until nothing is left to do.
    /// - Parameters:
    ///   - leavesAfter: milliseconds after which the client goes; nil: it waits for all that comes.
    ///   - minutes: after which it is over all the same.
    /// - Returns: what the client got.
    package func ask(_ text: String, leavesAfter: Int? = nil, minutes: Int64 = 10) throws -> String {
        String(buffer: try ask(ByteBuffer(string: text), leavesAfter: leavesAfter, minutes: minutes))
    }

    package func ask(_ bytes: ByteBuffer, leavesAfter: Int? = nil, minutes: Int64 = 10) throws -> ByteBuffer {
        let channel = MemoryChannel(loop, name: "client", settings: MemoryChannel.Settings())
        try plane.accept(channel)
        channel.activate()
        channel.receive(bytes)
        if let leavesAfter { loop.after(.milliseconds(Int64(leavesAfter))) { channel.receiveEnd() } }
        _ = loop.run(until: loop.now + .minutes(minutes), stepsMax: .max)
        return channel.take() ?? ByteBuffer()
    }
}

/// Unchecked: it lives on the gateway's loop.
private final class ScriptedConnector: Connector, @unchecked Sendable {
    private let loop: VirtualLoop
    private let script: (String, Int) -> [VirtualGateway.Act]?
    private var requests = 0

    init(_ loop: VirtualLoop, _ script: @escaping (String, Int) -> [VirtualGateway.Act]?) {
        (self.loop, self.script) = (loop, script)
    }

    func connect(
        host: String, port: Int, deadline: NIODeadline, on _: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        let promise = loop.makePromise(of: (any Channel).self)
        guard script(host, requests) != nil else {
            loop.after(deadline - loop.now) { promise.fail(ConnectError.timedOut) }
            return promise.futureResult
        }
        let channel = MemoryChannel(loop, name: host, settings: MemoryChannel.Settings())
        channel.peer = ScriptedPeer(channel) { [self] in
            defer { requests += 1 }
            return script(host, requests) ?? []
        }
        channel.activate()
        promise.succeed(channel)
        return promise.futureResult
    }
}

/// Takes whatever is sent within one moment for one request.
private final class ScriptedPeer: MemoryPeer {
    private unowned let channel: MemoryChannel
    private let next: () -> [VirtualGateway.Act]
    private var isTaking = false

    init(_ channel: MemoryChannel, next: @escaping () -> [VirtualGateway.Act]) {
        (self.channel, self.next) = (channel, next)
    }

    func channelHasSent() {
        guard !isTaking else { return }
        isTaking = true
        channel.loop.after(.milliseconds(1)) { [self, channel] in
            isTaking = false
            guard channel.take() != nil else { return }
            perform(next()[...], on: channel)
        }
    }

    private func perform(_ acts: ArraySlice<VirtualGateway.Act>, on channel: MemoryChannel) {
        guard let act = acts.first else { return }
        switch act {
        case .send(let text): channel.receive(ByteBuffer(string: text))
        case .close: channel.receiveEnd()
        case .reset: channel.receiveReset()
        case .wait(let milliseconds):
            channel.loop.after(.milliseconds(Int64(milliseconds))) { [self] in
                perform(acts.dropFirst(), on: channel)
            }
            return
        }
        perform(acts.dropFirst(), on: channel)
    }
}
