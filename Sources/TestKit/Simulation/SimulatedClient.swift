import NIOCore
import Wire

/// A client: sends its requests on one connection, in its own manner, and reads what comes.
final class SimulatedClient: MemoryPeer {
    private unowned let world: SimulationWorld
    let channel: MemoryChannel
    let name: String
    private(set) var calls: [SimulatedCall] = []
    private var reader = ResponseReader(limits: HeadLimits(bytesMax: 64 * 1024, fieldsMax: 200))
    /// The place of the call whose answer is being read.
    private var reading = 0
    private var isTaking = false
    /// It went before it had everything.
    private(set) var hasLeft = false
    /// The gateway has ended the connection.
    private(set) var wasClosed = false
    private(set) var isOver = false
    private let pipelines: Bool
    private let readsSlowly: Bool
    private let sendsSlowly: Bool
    private let stallsInRequest: Bool

    init(_ world: SimulationWorld, _ channel: MemoryChannel, models: [String]) {
        self.world = world
        self.channel = channel
        name = channel.name
        let random = world.random
        (pipelines, readsSlowly, sendsSlowly) = (random.chance(15), random.chance(12), random.chance(12))
        stallsInRequest = random.chance(3)
        let isHTTP11 = random.chance(93)
        let count = isHTTP11 ? random.int(1...4) : 1
        calls = (0..<count).map { place in
            SimulatedCall(
                name: "\(name).\(place)", models: models, isHTTP11: isHTTP11, isLast: place == count - 1, random)
        }
    }

    func begin() {
        world.trace.note(
            name,
            "connects: \(calls.count) calls\(pipelines ? ", pipelined" : "")\(readsSlowly ? ", reads slowly" : "")")
        reader.expectAnswer(toHEAD: false)
        if pipelines {
            let ends = calls.map(\.bytes.utf8.count)
            send(calls.map(\.bytes).joined(), marking: ends)
        } else {
            send(calls[0].bytes, marking: [calls[0].bytes.utf8.count])
        }
        if world.random.chance(12) {
            world.loop.after(world.random.microseconds(0...6_000_000)) { [self] in leave() }
        }
    }

    // MARK: Sending

    /// - Parameter ends: the lengths of the calls in it.
    private func send(_ text: String, marking ends: [Int]) {
        let all = Array(text.utf8)
        let count = stallsInRequest ? world.random.int(0...all.count - 1) : all.count
        var pieces: [ByteBuffer] = []
        var place = 0
        while place < count {
            let longest = sendsSlowly ? max(40, all.count / 20) : all.count
            let end = min(count, place + world.random.int(1...longest))
            pieces.append(ByteBuffer(bytes: all[place..<end]))
            place = end
        }
        let first = reading
        var total = 0
        let marks = ends.map { length in
            total += length
            return total
        }
        send(pieces[...], sent: 0, first: first, marks: marks)
    }

    private func send(_ pieces: ArraySlice<ByteBuffer>, sent: Int, first: Int, marks: [Int]) {
        guard !isOver, let piece = pieces.first else { return }
        let delay = world.random.microseconds(0...(sendsSlowly ? 60_000 : 1500))
        world.loop.after(delay) { [self] in
            guard !isOver else { return }
            let now = sent + piece.readableBytes
            for (place, mark) in marks.enumerated() where now >= mark { calls[first + place].wasSent = true }
            channel.receive(piece)
            send(pieces.dropFirst(), sent: now, first: first, marks: marks)
        }
    }

    // MARK: Reading

    func channelHasSent() {
        guard !isTaking, !isOver else { return }
        isTaking = true
        let delay = world.random.microseconds(readsSlowly ? 5000...200_000 : 0...1000)
        world.loop.after(delay) { [self] in
            isTaking = false
            take()
        }
    }

    private func take() {
        guard !isOver else { return }
        if let bytes = channel.take(bytesMax: readsSlowly ? world.random.int(1...1500) : .max) {
            world.trace.mix(bytes)
            reader.append(bytes)
            read()
        }
        if isOver { return }
        if channel.sent.readableBytes > 0 { return channelHasSent() }
        if channel.hasEndedOutput { closedByGateway() }
    }

    private func read() {
        do throws(MalformedMessage) {
            while reading < calls.count, let part = try reader.next() { read(part) }
        } catch {
            world.violations.append("\(calls[reading].name) got a malformed answer: \(error)")
            reading = calls.count
        }
        if reading >= calls.count, reader.heldBytes > 0 {
            world.violations.append("\(name) got \(reader.heldBytes) bytes behind its last answer")
        }
        guard reading >= calls.count else { return }
        // Some stay connected until the gateway has enough of it.
        if world.random.chance(80) {
            world.loop.after(world.random.microseconds(0...2_000_000)) { [self] in end() }
        }
    }

    private func read(_ part: ResponseReader.Part) {
        switch part {
        case .head(let head):
            calls[reading].answer.begin(head)
            world.trace.note(calls[reading].name, "gets status \(head.status)")
        case .body(let bytes): calls[reading].answer.receive(bytes)
        case .end: answered()
        }
    }

    private func answered() {
        calls[reading].answer.isComplete = true
        world.trace.note(calls[reading].name, "has its whole answer", calls[reading].answer.body.readableBytes)
        reading += 1
        guard reading < calls.count else { return }
        reader.expectAnswer(toHEAD: false)
        if pipelines { return }
        let next = calls[reading]
        world.loop.after(world.random.microseconds(0...(world.random.chance(5) ? 5_000_000 : 200_000))) { [self] in
            guard !isOver else { return }
            send(next.bytes, marking: [next.bytes.utf8.count])
        }
    }

    // MARK: The end

    private func closedByGateway() {
        wasClosed = true
        if reading < calls.count, reader.connectionEnded() { answered() }
        world.trace.note(name, "sees the gateway close")
        end()
    }

    private func leave() {
        guard !isOver, reading < calls.count else { return }
        hasLeft = true
        world.trace.note(name, "leaves")
        end(resets: world.random.chance(30))
    }

    private func end(resets: Bool = false) {
        guard !isOver else { return }
        isOver = true
        channel.peer = nil
        if resets { channel.receiveReset() } else { channel.receiveEnd() }
    }
}
