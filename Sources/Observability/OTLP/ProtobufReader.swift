/// Reads the wire format of Protocol Buffers, field by field. What it is given may be cut or hostile.
struct ProtobufReader {
    /// A field's number and what it holds.
    struct Field {
        var number: UInt64
        var value: Value
    }

    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case data(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// nil at the end.
    mutating func next() throws(OTLPError) -> Field? {
        guard !rest.isEmpty else { return nil }
        let tag = try varint()
        guard tag >> 3 != 0 else { throw OTLPError("a protobuf field has the number 0") }
        return Field(number: tag >> 3, value: try value(type: tag & 7))
    }

    private mutating func value(type: UInt64) throws(OTLPError) -> Value {
        switch ProtobufWriter.WireType(rawValue: type) {
        case .varint: return .varint(try varint())
        case .fixed64: return .fixed64(try integer(byteCount: 8))
        case .fixed32: return .fixed32(UInt32(try integer(byteCount: 4)))
        case .lengthDelimited:
            let length = try varint()
            guard length <= UInt64(rest.count) else {
                throw OTLPError("a protobuf field of \(length) bytes stands before the last \(rest.count)")
            }
            defer { rest = rest.dropFirst(Int(length)) }
            return .data(rest.prefix(Int(length)))
        case nil: throw OTLPError("a protobuf field has the unknown wire type \(type)")
        }
    }

    private mutating func varint() throws(OTLPError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.first {
            guard shift < 64 else { throw OTLPError("a protobuf integer is longer than 64 bits") }
            rest = rest.dropFirst()
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw OTLPError("a protobuf integer is cut")
    }

    private mutating func integer(byteCount: Int) throws(OTLPError) -> UInt64 {
        guard rest.count >= byteCount else { throw OTLPError("a protobuf number is cut") }
        defer { rest = rest.dropFirst(byteCount) }
        return rest.prefix(byteCount).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension ProtobufReader.Field {
    /// - Parameter what: what the field is, for the error.
    func data(_ what: StaticString) throws(OTLPError) -> ArraySlice<UInt8> {
        if case .data(let data) = value { return data }
        throw OTLPError("\(what) has the wrong protobuf type")
    }

    /// What is no UTF-8 in it is replaced.
    func text(_ what: StaticString) throws(OTLPError) -> String {
        String(decoding: try data(what), as: UTF8.self)
    }

    func varint(_ what: StaticString) throws(OTLPError) -> UInt64 {
        if case .varint(let value) = value { return value }
        throw OTLPError("\(what) has the wrong protobuf type")
    }

    func fixed64(_ what: StaticString) throws(OTLPError) -> UInt64 {
        if case .fixed64(let value) = value { return value }
        throw OTLPError("\(what) has the wrong protobuf type")
    }
}
