import NIOCore

@testable import Simulator

/// An answer taken apart from its bytes, whole or not.
struct RawAnswer {
    let status: Int
    let headers: [String: String]
    let body: [UInt8]
    /// The framing says that nothing is missing.
    let isComplete: Bool

    var text: String { String(decoding: body, as: UTF8.self) }

    func json() throws -> SimulatorJSON { try SimulatorJSON(parsing: body) }

    /// nil while there is no whole head.
    init?(_ bytes: [UInt8]) {
        guard let end = Self.headEnd(bytes) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        guard let first = lines.first, let status = Int(first.split(separator: " ")[1]) else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...]
            headers[line[..<colon].lowercased()] = String(value.drop { $0 == " " })
        }
        self.status = status
        self.headers = headers
        let rest = bytes[(end + 4)...]
        if let length = headers["content-length"].flatMap({ Int($0) }) {
            body = Array(rest.prefix(length))
            isComplete = rest.count >= length
        } else {
            (body, isComplete) = Self.unchunked(rest)
        }
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        guard bytes.count >= 4 else { return nil }
        return (0...(bytes.count - 4)).first { bytes[$0..<$0 + 4].elementsEqual(mark) }
    }

    private static func unchunked(_ bytes: ArraySlice<UInt8>) -> ([UInt8], Bool) {
        var body: [UInt8] = []
        var rest = bytes
        while let newline = rest.firstIndex(of: 0x0A) {
            let size = Int(String(decoding: rest[rest.startIndex..<newline - 1], as: UTF8.self), radix: 16) ?? 0
            if size == 0 { return (body, true) }
            rest = rest[(newline + 1)...]
            guard rest.count >= size + 2 else { return (body + rest, false) }
            body += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
        }
        return (body, false)
    }

    /// Cheap enough to be asked at every read.
    static func isComplete(_ received: RawConnection.Received) -> Bool {
        guard let end = headEnd(received.bytes) else { return false }
        let head = String(decoding: received.bytes[..<end], as: UTF8.self).lowercased()
        guard head.contains("transfer-encoding: chunked") else { return RawAnswer(received.bytes)?.isComplete ?? false }
        return received.bytes.suffix(7).elementsEqual("\r\n0\r\n\r\n".utf8)
    }
}

/// One server-sent event.
struct RawEvent {
    let name: String?
    let data: String

    func json() throws -> SimulatorJSON { try SimulatorJSON(parsing: data.utf8) }

    static func all(_ text: String) -> [RawEvent] {
        text.split(separator: "\n\n").map { block in
            let lines = block.split(separator: "\n")
            let name = lines.first { $0.hasPrefix("event: ") }?.dropFirst(7)
            let data = lines.filter { $0.hasPrefix("data: ") }.map { $0.dropFirst(6) }.joined(separator: "\n")
            return RawEvent(name: name.map { String($0) }, data: data)
        }
    }
}
