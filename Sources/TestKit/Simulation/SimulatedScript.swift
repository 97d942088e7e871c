import NIOCore

/// What an upstream does once it has a request, step by step.
struct SimulatedScript {
    enum Act {
        case wait(TimeAmount)
        case send(ByteBuffer)
        /// The answer is whole, and the connection stays.
        case done
        case close
        case reset
    }

    private(set) var acts: [Act] = []
    private let random: SimulationRandom
    private var head = ""
    /// The body in its framing, part by part.
    private var body: [String] = []
    private var closesAfter = false

    init(_ answer: SimulatedAnswer, _ fault: SimulatedFault, _ random: SimulationRandom) {
        self.random = random
        acts.append(.wait(random.microseconds(500...(random.chance(15) ? 2_500_000 : 80_000))))
        answerCall(answer, fault)
    }

    private mutating func answerCall(_ answer: SimulatedAnswer, _ fault: SimulatedFault) {
        if let refusal = fault.refusal {
            write(refusal.status, json: Self.error(refusal.message), fields: refusal.fields)
            return send(cut: nil)
        }
        switch fault {
        case .staysSilent: return
        case .resetsBeforeHead: return acts.append(.reset)
        case .closesBeforeHead: return acts.append(.close)
        case .notJSON:
            write("200 OK", json: "<html>welcome</html>", fields: "")
            return send(cut: nil)
        case .malformedHead:
            acts.append(.send(ByteBuffer(string: "HTP/1.1 abc\r\n\r\n")))
            return
        case .errorInStream where !answer.streams:
            write("500 Internal Server Error", json: Self.error("broken"), fields: "")
            return send(cut: nil)
        default: break
        }
        write(answer, fault)
        let headBytes = head.utf8.count
        let bodyBytes = body.reduce(0) { $0 + $1.utf8.count }
        switch fault {
        case .resetsInHead: send(cut: random.int(1...headBytes - 1), then: .reset)
        case .resetsInBody: send(cut: headBytes + random.int(0...bodyBytes - 1), then: .reset)
        case .closesInBody: send(cut: headBytes + random.int(0...bodyBytes - 1), then: .close)
        case .fallsSilentInBody: send(cut: headBytes + random.int(0...bodyBytes - 1), then: nil)
        default: send(cut: nil, drips: fault == .drips)
        }
    }

    /// An answer of the user's own endpoint.
    init(json: String, _ fault: SimulatedFault, _ random: SimulationRandom) {
        self.random = random
        acts.append(.wait(random.microseconds(500...(random.chance(15) ? 2_500_000 : 80_000))))
        answerAsEndpoint(json, fault)
    }

    private mutating func answerAsEndpoint(_ json: String, _ fault: SimulatedFault) {
        write(fault.refusal?.status ?? "200 OK", json: json, fields: "")
        switch fault {
        case .staysSilent: return
        case .resetsBeforeHead, .resetsInHead: acts.append(.reset)
        case .resetsInBody: send(cut: head.utf8.count + random.int(0...json.utf8.count - 1), then: .reset)
        case .closesInBody: send(cut: head.utf8.count + random.int(0...json.utf8.count - 1), then: .close)
        case .fallsSilentInBody: send(cut: head.utf8.count + random.int(0...json.utf8.count - 1), then: nil)
        default: send(cut: nil, drips: fault == .drips)
        }
    }

    private static func error(_ message: String) -> String {
        #"{"type":"error","error":{"message":"\#(message)","type":"\#(message)","code":"\#(message)"}}"#
    }

    // MARK: What is sent

    private mutating func write(_ status: String, json: String, fields: String) {
        head = "HTTP/1.1 \(status)\r\ncontent-type: application/json\r\n\(fields)\(connection())content-length: "
        head += "\(json.utf8.count)\r\n\r\n"
        body = [json]
    }

    private mutating func connection() -> String {
        closesAfter = random.chance(10)
        return closesAfter ? "connection: close\r\n" : ""
    }

    private mutating func write(_ answer: SimulatedAnswer, _ fault: SimulatedFault) {
        let errorAfter = fault == .errorInStream ? random.int(0...answer.pieces) : nil
        var parts = answer.parts(errorAfter: errorAfter, endsEarly: fault == .endsEarly)
        if fault == .endsEarly && !answer.streams { parts = [String(parts[0].dropLast(random.int(1...20)))] }
        let framing = fault == .malformedChunk ? 1 : random.int(0...(answer.streams ? 5 : 7))
        head = random.chance(5) ? "HTTP/1.1 100 Continue\r\n\r\n" : ""
        head += "HTTP/1.1 200 OK\r\ncontent-type: \(answer.streams ? "text/event-stream" : "application/json")\r\n"
        head += connection()
        switch framing {
        case 0:
            closesAfter = true
            body = parts
        case 6...:
            head += "content-length: \(parts.reduce(0) { $0 + $1.utf8.count })\r\n"
            body = parts
        default:
            head += "transfer-encoding: chunked\r\n"
            body = parts.map { Self.chunk($0) } + ["0\r\n\r\n"]
            if fault == .malformedChunk { body[random.int(0...body.count - 1)] = "xyz\r\n" }
        }
        head += "\r\n"
    }

    private static func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }

    // MARK: How it is sent

    /// - Parameters:
    ///   - cut: how many bytes of it are sent; nil: all.
    ///   - end: what comes behind the cut; nil: silence.
    private mutating func send(cut: Int?, then end: Act? = nil, drips: Bool = false) {
        // Some answers come event by event, others in pieces that know nothing of events.
        var pieces = random.chance(50) ? [head] + body : shredded(head + body.joined(), drips: drips)
        if random.chance(30) { pieces = [pieces.joined()] }
        var left = cut ?? Int.max
        var hasSent = false
        for piece in pieces where left > 0 {
            let bytes = ByteBuffer(bytes: piece.utf8.prefix(left))
            left -= bytes.readableBytes
            // Between two pieces, not behind the last one: with it, the answer is over.
            if hasSent {
                acts.append(.wait(random.microseconds(0...(random.chance(5) ? 900_000 : 40_000))))
            }
            acts.append(.send(bytes))
            hasSent = true
        }
        if cut == nil {
            acts.append(closesAfter ? .close : .done)
        } else if let end {
            acts.append(end)
        }
    }

    private func shredded(_ text: String, drips: Bool) -> [String] {
        var bytes = Array(text.utf8)[...]
        var pieces: [String] = []
        // A drip goes on for a while only: each piece is a step of the simulation.
        while !bytes.isEmpty {
            let count = drips && pieces.count < 120 ? random.int(1...9) : random.int(1...max(1, text.utf8.count / 3))
            pieces.append(String(decoding: bytes.prefix(count), as: UTF8.self))
            bytes = bytes.dropFirst(count)
        }
        return pieces
    }
}
