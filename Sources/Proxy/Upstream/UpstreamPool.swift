import Core
import NIOCore
import Plan

/// What makes two providers share connections.
struct UpstreamIdentity: Hashable {
    let origin: Origin
    let proxy: Provider.HTTPProxy?
    let authorities: [UInt8]?
    let connectionsMax: Int

    init(_ provider: Provider, loopCount: Int) {
        origin = provider.origin
        proxy = provider.proxy
        authorities = provider.certificateAuthorities
        connectionsMax = max(1, provider.connectionsMax / loopCount)
    }

    /// An endpoint of the user's own.
    init(_ origin: Origin, loopCount: Int) {
        self.origin = origin
        proxy = nil
        authorities = nil
        connectionsMax = max(1, Limits.endpointConnectionsMax / loopCount)
    }
}

/// The connections of one loop to one upstream. A slot is counted before its connection is begun, so that waiting
/// for connections cannot open more than are allowed.
final class UpstreamPool {
    let identity: UpstreamIdentity
    /// How many of its loop's were made before it.
    let number: Int
    let wheel: DeadlineWheel
    let flushes: FlushQueue
    private let opener: ConnectionOpener
    private let loop: any EventLoop
    private var idle: [UpstreamConnection] = []
    private var slotsInUse = 0
    /// Of these, connections that are on their way.
    private var connecting = 0
    private var waiting = CircularBuffer<Attempt>()
    private var isRetired = false

    init(
        _ identity: UpstreamIdentity, number: Int = 0, loop: any EventLoop, wheel: DeadlineWheel, flushes: FlushQueue,
        shared: SharedState
    ) {
        self.identity = identity
        self.number = number
        self.loop = loop
        self.wheel = wheel
        self.flushes = flushes
        opener = ConnectionOpener(identity, loop: loop, shared: shared)
    }

    /// Connections in use or on their way, connections at rest, and who waits.
    var load: (used: Int, idle: Int, waiting: Int) {
        (used: slotsInUse - idle.count, idle: idle.count, waiting: waiting.count { !$0.isOver })
    }

    /// Gives the attempt a connection, now or later. The last one used first: the others may grow old and go.
    func lease(for attempt: Attempt, fresh: Bool) {
        while !fresh, let connection = idle.popLast() {
            guard connection.isActive else { continue }
            // An idle connection's time is not the attempt's.
            connection.deadline.clear()
            return attempt.leased(connection)
        }
        if waiting.count >= Limits.upstreamWaitersMax { waiting.removeAll { $0.isOver } }
        guard waiting.count < Limits.upstreamWaitersMax else { return attempt.leaseFailed(.poolExhausted) }
        attempt.waitForLease(wheel)
        waiting.append(attempt)
        connectIfAllowed()
        makeRoom()
    }

    /// Who waits for a connection that was not used before gets one, even if all slots are taken by used ones.
    private func makeRoom() {
        guard slotsInUse >= identity.connectionsMax, waiting.count > connecting else { return }
        idle.popLast()?.close()
    }

    private func connectIfAllowed() {
        // Those whose client has left, or whose time is up, must not lend their deadline to a connection.
        while let first = waiting.first, first.isOver { waiting.removeFirst() }
        guard slotsInUse < identity.connectionsMax, !waiting.isEmpty else { return }
        slotsInUse += 1
        connecting += 1
        let deadline = waiting[waiting.startIndex].leaseDeadline
        opener.connect(pool: self, deadline: deadline).assumeIsolated().whenComplete { result in
            self.connecting -= 1
            switch result {
            case .success(let connection): self.hand(over: connection)
            case .failure(let error):
                // A connection that came to be and failed then was counted off as it closed.
                if !(error is CountedOff) { self.slotsInUse -= 1 }
                let reason = (error as? ConnectError) ?? (error as? CountedOff)?.reason ?? .refused("\(error)")
                self.connectFailed(reason)
            }
        }
    }

    private func connectFailed(_ reason: ConnectError) {
        if reason == .timedOut {
            // It began with the time of one who waited; others may have more.
            let now = loop.now
            for attempt in waiting where attempt.leaseDeadline <= now { attempt.leaseFailed(reason) }
        } else {
            nextWaiting { _ in true }?.leaseFailed(reason)
        }
        connectIfAllowed()
    }

    /// Gives a connection to whoever waits longest, or keeps it.
    private func hand(over connection: UpstreamConnection) {
        guard connection.isActive else { return }
        if let attempt = nextWaiting({ !connection.wasUsed || !$0.needsFreshConnection }) {
            attempt.leased(connection)
        } else if isRetired {
            connection.close()
        } else {
            connection.deadline.set(loop.now + .seconds(Int64(Limits.upstreamIdleSeconds)))
            idle.append(connection)
            makeRoom()
        }
    }

    private func nextWaiting(_ fits: (Attempt) -> Bool) -> Attempt? {
        while let place = waiting.firstIndex(where: { $0.isOver || fits($0) }) {
            let attempt = waiting.remove(at: place)
            if !attempt.isOver { return attempt }
        }
        return nil
    }

    func release(_ connection: UpstreamConnection) { hand(over: connection) }

    func closed(_ connection: UpstreamConnection) {
        slotsInUse -= 1
        if let place = idle.firstIndex(where: { $0 === connection }) { idle.remove(at: place) }
        connectIfAllowed()
    }

    /// No configuration names this upstream any more: what runs ends as it would, what is idle closes.
    func retire() {
        isRetired = true
        let connections = idle
        idle = []
        for connection in connections { connection.close() }
    }

    func revive() { isRetired = false }

    var isUnused: Bool { isRetired && slotsInUse == 0 && waiting.isEmpty }
}

/// A failure of a connection whose slot was given back when it closed.
struct CountedOff: Error {
    let reason: ConnectError
}
