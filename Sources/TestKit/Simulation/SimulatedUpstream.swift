import NIOCore
import Wire

/// The other end of one connection to an upstream: takes requests and answers them, one after the other.
final class SimulatedUpstream: MemoryPeer {
    private unowned let world: SimulationWorld
    private let channel: MemoryChannel
    private let name: String
    private let provider: String
    private var reader = RequestReader(limits: HeadLimits(bytesMax: 64 * 1024, fieldsMax: 200))
    private var path = ""
    private var body = ByteBuffer()
    private var acts: ArraySlice<SimulatedScript.Act> = []
    private var isAnswering = false
    private var isOver = false
    private var isTaking = false
    /// It has had enough: the next request finds a dead connection.
    private var diesOnNext = false

    init(_ world: SimulationWorld, _ channel: MemoryChannel, provider: String) {
        self.world = world
        self.channel = channel
        self.provider = provider
        name = channel.name
    }

    // MARK: Requests

    func channelHasSent() {
        guard !isTaking else { return }
        isTaking = true
        world.loop.after(world.random.microseconds(0...2000)) { [self] in
            isTaking = false
            take()
        }
    }

    private func take() {
        while let bytes = channel.take() {
            world.trace.mix(bytes)
            reader.append(bytes)
        }
        if channel.hasEndedOutput, !isOver {
            isOver = true
            world.trace.note(name, "sees the gateway close")
            channel.peer = nil
            return channel.receiveEnd()
        }
        do throws(MalformedMessage) {
            while !isOver, let part = try reader.next() { take(part) }
        } catch {
            world.violations.append("\(name) got a malformed request: \(error)")
            end(by: .reset)
        }
    }

    private func take(_ part: RequestReader.Part) {
        switch part {
        case .head(let head):
            path = head.path
            body = ByteBuffer()
            if isAnswering { world.violations.append("\(name) got a request while it was answering another") }
        case .body(let bytes): body.writeImmutableBuffer(bytes)
        case .end: answer()
        }
    }

    private func answer() {
        if diesOnNext {
            world.trace.note(name, "is dead: closes on a request")
            return end(by: .close)
        }
        isAnswering = true
        if path == "/answer" {
            let text = #"{"text":"from the endpoint"}"#
            let fault = world.mood(of: provider).fault(world.random, connecting: false)
            acts = SimulatedScript(json: text, fault, world.random).acts[...]
            world.trace.note(name, "is asked for a text: \(fault.rawValue)")
            return next()
        }
        let fault = world.mood(of: provider).fault(world.random, connecting: false)
        let streams = body.contains(#""stream":true"#)
        let answer = SimulatedAnswer(
            serial: world.answers.count, pieces: world.random.int(1...14), isAnthropic: path.contains("/messages"),
            streams: streams)
        world.answers.append((answer, fault))
        acts = SimulatedScript(answer, fault, world.random).acts[...]
        world.trace.note(
            name, "\(path) \(streams ? "streamed" : "whole"): answer \(answer.serial), \(fault.rawValue)",
            body.readableBytes)
        next()
    }

    // MARK: Answers

    private func next() {
        guard !isOver, let act = acts.popFirst() else { return }
        switch act {
        case .wait(let time): world.loop.after(time) { [self] in next() }
        case .send(let bytes):
            channel.receive(bytes)
            next()
        case .done: finish()
        case .close, .reset:
            end(by: act)
        }
    }

    private func finish() {
        isAnswering = false
        switch world.random.int(0...99) {
        case ..<8:
            world.loop.after(world.random.microseconds(0...3_000_000)) { [self] in
                if !isAnswering { end(by: .close) }
            }
        case ..<16: diesOnNext = true
        case ..<18: channel.receive(ByteBuffer(string: "HTTP/1.1 200 OK\r\n"))
        default: break
        }
    }

    private func end(by act: SimulatedScript.Act) {
        guard !isOver else { return }
        isOver = true
        channel.peer = nil
        if case .reset = act {
            world.trace.note(name, "resets")
            channel.receiveReset()
        } else {
            world.trace.note(name, "closes")
            channel.receiveEnd()
        }
    }
}

extension ByteBuffer {
    func contains(_ text: StaticString) -> Bool {
        let sought = UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        return withUnsafeReadableBytes { bytes in
            guard bytes.count >= sought.count, let first = sought.first else { return false }
            var place = 0
            while place + sought.count <= bytes.count {
                if bytes[place] == first,
                    UnsafeRawBufferPointer(rebasing: bytes[place..<place + sought.count]).elementsEqual(sought)
                {
                    return true
                }
                place += 1
            }
            return false
        }
    }
}
