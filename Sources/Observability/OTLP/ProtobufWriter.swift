import Core

/// Writes the wire format of Protocol Buffers, field by field.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
        case fixed32 = 5
    }

    private mutating func tag(_ field: UInt64, _ type: WireType) { bytes.appendVarint(field << 3 | type.rawValue) }

    mutating func varint(_ field: UInt64, _ value: UInt64) {
        tag(field, .varint)
        bytes.appendVarint(value)
    }

    mutating func fixed64(_ field: UInt64, _ value: UInt64) {
        tag(field, .fixed64)
        append(value, byteCount: 8)
    }

    mutating func string(_ field: UInt64, _ text: String) {
        tag(field, .lengthDelimited)
        bytes.appendVarint(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func data(_ field: UInt64, _ data: [UInt8]) {
        tag(field, .lengthDelimited)
        bytes.appendVarint(UInt64(data.count))
        bytes.append(contentsOf: data)
    }

    /// Ids, with their highest byte first.
    mutating func bigEndian(_ field: UInt64, _ words: UInt64...) {
        tag(field, .lengthDelimited)
        bytes.appendVarint(UInt64(words.count * 8))
        for word in words { append(word.byteSwapped, byteCount: 8) }
    }

    mutating func message(_ field: UInt64, _ body: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        body(&inner)
        data(field, inner.bytes)
    }

    private mutating func append(_ value: UInt64, byteCount: UInt64) {
        for place in 0..<byteCount { bytes.append(UInt8(truncatingIfNeeded: value >> (place * 8))) }
    }
}
