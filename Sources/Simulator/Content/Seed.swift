import Core
import NIOCore

/// Where the simulator's randomness comes from: the request itself, so that the same request gets the same answer.
enum Seed {
    /// FNV-1a over the path and the body.
    static func hash(path: some StringProtocol, body: ByteBuffer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        for byte in path.utf8 { add(byte) }
        body.withUnsafeReadableBytes { for byte in $0 { add(byte) } }
        return hash
    }

    static func mix(_ first: UInt64, _ second: UInt64) -> UInt64 {
        var random = RandomSource(seed: first)
        var mixed = RandomSource(seed: random.next() ^ second)
        return mixed.next()
    }
}

extension RandomSource {
    /// Letters and digits, as in the ids of providers.
    mutating func identifier(_ prefix: String, _ length: Int) -> String {
        text(prefix, length, alphabet: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    }

    mutating func hexadecimal(_ prefix: String, _ length: Int) -> String {
        text(prefix, length, alphabet: "0123456789abcdef")
    }

    private mutating func text(_ prefix: String, _ length: Int, alphabet: StaticString) -> String {
        let count = UInt64(alphabet.utf8CodeUnitCount)
        return alphabet.withUTF8Buffer { letters in
            var bytes = Array(prefix.utf8)
            for _ in 0..<length { bytes.append(letters[Int(next() % count)]) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
