import Crypto
import NIOCore

/// The answer to a client that asks for a WebSocket (RFC 6455, section 4.2.2).
public enum WebSocketHandshake {
    private static let suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// - Parameter key: the value of `sec-websocket-key`.
    /// - Returns: the value of `sec-websocket-accept`; nil where the key is not the base64 of 16 bytes.
    public static func accept(_ key: String) -> String? {
        var nonce: [UInt8] = []
        let isBase64 = Array(key.utf8).withUnsafeBytes { Base64.decode($0, into: &nonce) }
        guard isBase64, nonce.count == 16 else { return nil }
        var text = ByteBuffer()
        Base64.encode(Array(Insecure.SHA1.hash(data: Array((key + suffix).utf8))), into: &text)
        return String(buffer: text)
    }
}
