/// Frames of a WebSocket as they go over the wire, right or wrong as a test says.
public enum WebSocketBytes {
    /// - Parameter mask: four bytes; nil: as servers send.
    public static func frame(
        _ code: UInt8, _ payload: [UInt8], isLast: Bool = true, mask: [UInt8]? = nil
    ) -> [UInt8] {
        var bytes = [code | (isLast ? 0x80 : 0)]
        let flag: UInt8 = mask == nil ? 0 : 0x80
        switch payload.count {
        case 0..<126: bytes.append(UInt8(payload.count) | flag)
        case 0..<65536: bytes += [126 | flag, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        default: bytes += [127 | flag] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - $0 * 8)) }
        }
        guard let mask else { return bytes + payload }
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    /// A client's message of text.
    public static func text(_ text: String) -> [UInt8] { frame(1, Array(text.utf8), mask: [7, 11, 13, 17]) }

    /// The fields of a client's handshake.
    public static let handshake =
        "host: localhost\r\nconnection: keep-alive, Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
        + "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
}
