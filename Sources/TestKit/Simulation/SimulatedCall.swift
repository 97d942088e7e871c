import Policy

/// One request of a simulated client, and what came of it.
struct SimulatedCall {
    let name: String
    let model: String
    let isAnthropic: Bool
    let streams: Bool
    /// Nanoseconds that its own header allows; nil: it has none.
    let timeout: Int64?
    let isHTTP11: Bool
    let bytes: String
    var answer = ReceivedAnswer()
    /// All of it was sent, and has arrived.
    var wasSent = false

    init(name: String, models: [String], isHTTP11: Bool, isLast: Bool, _ random: SimulationRandom) {
        self.name = name
        self.isHTTP11 = isHTTP11
        model = random.one(of: models)
        isAnthropic = random.chance(30)
        streams = random.chance(65)
        timeout = random.chance(10) ? Int64(random.int(1...4000)) * 1_000_000 : nil
        let padding = String(repeating: "long ", count: random.chance(10) ? random.int(0...3000) : random.int(0...20))
        let body =
            #"{"model":"\#(model)",\#(isAnthropic ? #""max_tokens":64,"# : "")\#(streams ? #""stream":true,"# : "")"#
            + #""messages":[{"role":"user","content":"\#(padding)"}]}"#
        var head = "POST \(isAnthropic ? "/v1/messages" : "/v1/chat/completions") HTTP/1.\(isHTTP11 ? 1 : 0)\r\n"
        head += "host: localhost\r\ncontent-type: application/json\r\nx-headgate-tag-call: \(name)\r\n"
        if random.chance(80) { head += "x-headgate-tag-user: \(random.one(of: SimulatedLimits.users))\r\n" }
        if random.chance(30) { head += "x-headgate-priority: \(random.one(of: PrioritySettings().classes))\r\n" }
        if let timeout { head += "x-headgate-timeout-ms: \(timeout / 1_000_000)\r\n" }
        if isLast && random.chance(20) { head += "connection: close\r\n" }
        if isHTTP11 && random.chance(5) { head += "expect: 100-continue\r\n" }
        switch random.int(0...99) {
        case ..<2: bytes = head + "content-length: x\r\n\r\n" + body
        case ..<4:
            let cut = String(body.dropLast(random.int(1...9)))
            bytes = head + "content-length: \(cut.utf8.count)\r\n\r\n" + cut
        case ..<20 where isHTTP11: bytes = head + "transfer-encoding: chunked\r\n\r\n" + Self.chunked(body, random)
        default: bytes = head + "content-length: \(body.utf8.count)\r\n\r\n" + body
        }
    }

    private static func chunked(_ body: String, _ random: SimulationRandom) -> String {
        var rest = Substring(body)
        var text = ""
        while !rest.isEmpty {
            let part = rest.prefix(random.int(1...body.utf8.count))
            text += "\(String(part.utf8.count, radix: 16))\r\n\(part)\r\n"
            rest = rest.dropFirst(part.count)
        }
        return text + "0\r\n\r\n"
    }
}
