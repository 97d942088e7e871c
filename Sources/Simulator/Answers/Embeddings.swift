import Core
import NIOCore

/// Deterministic unit vectors in OpenAI's shape: equal inputs have equal vectors, others are about orthogonal.
enum Embeddings {
    static func whole(_ ask: EmbeddingsAsk) -> SimulatorJSON {
        let data: [SimulatorJSON] = ask.inputs.enumerated().map { index, input in
            let vector = vector(of: input, dimensions: ask.dimensions)
            let embedding: SimulatorJSON =
                ask.isBase64 ? .string(Base64.encode(bytes(of: vector))) : .array(vector.map { .number(Double($0)) })
            return ["object": "embedding", "index": .integer(index), "embedding": embedding]
        }
        return [
            "object": "list", "data": .array(data), "model": .string(ask.model),
            "usage": ["prompt_tokens": .integer(ask.promptTokens), "total_tokens": .integer(ask.promptTokens)],
        ]
    }

    static func vector(of input: [UInt8], dimensions: Int) -> [Float] {
        var random = RandomSource(seed: Seed.hash(path: "", body: ByteBuffer(bytes: input)))
        let values = (0..<dimensions).map { _ in Double.random(in: -1...1, using: &random) }
        let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return values.map { Float(length > 0 ? $0 / length : 1) }
    }

    /// Single floats in little-endian order, as `encoding_format: base64` has them.
    private static func bytes(of vector: [Float]) -> [UInt8] {
        vector.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
    }
}

/// RFC 4648 §4, with padding.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0..<4 {
                let isPadding = index > group.count
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[word >> (18 - 6 * index) & 63])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
