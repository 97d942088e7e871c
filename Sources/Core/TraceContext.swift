/// The id of a trace: 16 bytes, not all zero (W3C Trace Context, "trace-id").
public struct TraceID: Sendable, Hashable, CustomStringConvertible {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// 32 hexadecimal digits that are not all zero.
    public init?(_ text: some StringProtocol) {
        var bytes = Array(text.utf8)
        guard bytes.count == 32, let id = bytes.withUnsafeMutableBytes({ TraceID(UnsafeRawBufferPointer($0)) })
        else { return nil }
        self = id
    }

    init?(_ digits: UnsafeRawBufferPointer) {
        guard digits.count == 32,
            let high = Hexadecimal.word(UnsafeRawBufferPointer(rebasing: digits[..<16])),
            let low = Hexadecimal.word(UnsafeRawBufferPointer(rebasing: digits[16...])), high | low != 0
        else { return nil }
        self.init(high: high, low: low)
    }

    public var description: String { Hexadecimal.text(high) + Hexadecimal.text(low) }
}

/// The id of a span: 8 bytes, not all zero (W3C Trace Context, "parent-id").
public struct SpanID: Sendable, Hashable, CustomStringConvertible {
    public let value: UInt64

    public init(_ value: UInt64) { self.value = value == 0 ? 1 : value }

    /// 16 hexadecimal digits that are not all zero.
    public init?(_ text: some StringProtocol) {
        var bytes = Array(text.utf8)
        guard bytes.count == 16,
            let value = bytes.withUnsafeMutableBytes({ Hexadecimal.word(UnsafeRawBufferPointer($0)) }), value != 0
        else { return nil }
        self.value = value
    }

    public var description: String { Hexadecimal.text(value) }
}

/// The value of a `traceparent` field (W3C Trace Context, version 00; of later versions, what they share with it).
public struct TraceParent: Sendable, Equatable {
    public let trace: TraceID
    public let span: SpanID
    public let flags: UInt8

    public init(trace: TraceID, span: SpanID, flags: UInt8) {
        self.trace = trace
        self.span = span
        self.flags = flags
    }

    /// nil for anything malformed: a trace begins anew then, as the specification asks.
    public init?(_ text: UnsafeRawBufferPointer) {
        let dash = UInt8(ascii: "-")
        guard text.count >= 55, text[2] == dash, text[35] == dash, text[52] == dash,
            let version = Hexadecimal.byte(text[0], text[1]), version != 0xFF,
            version == 0 ? text.count == 55 : (text.count == 55 || text[55] == dash),
            let trace = TraceID(UnsafeRawBufferPointer(rebasing: text[3..<35])),
            let span = Hexadecimal.word(UnsafeRawBufferPointer(rebasing: text[36..<52])), span != 0,
            let flags = Hexadecimal.byte(text[53], text[54])
        else { return nil }
        self.init(trace: trace, span: SpanID(span), flags: flags)
    }

    /// Writes the 55 characters of the field's value.
    @inlinable
    public func withCharacters<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 55) { buffer in
            var position = 0
            func write(_ value: UInt64, digits: Int) {
                for nibble in stride(from: digits - 1, through: 0, by: -1) {
                    let digit = UInt8(truncatingIfNeeded: value >> UInt64(nibble * 4)) & 0x0F
                    buffer[position] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                    position += 1
                }
            }
            func dash() {
                buffer[position] = UInt8(ascii: "-")
                position += 1
            }
            write(0, digits: 2)
            dash()
            write(trace.high, digits: 16)
            write(trace.low, digits: 16)
            dash()
            write(span.value, digits: 16)
            dash()
            write(UInt64(flags), digits: 2)
            return body(UnsafeBufferPointer(buffer))
        }
    }

    public var text: String { withCharacters { String(decoding: $0, as: UTF8.self) } }
}

enum Hexadecimal {
    /// 16 digits in lower case, as Trace Context demands.
    static func word(_ digits: UnsafeRawBufferPointer) -> UInt64? {
        guard digits.count == 16 else { return nil }
        var value: UInt64 = 0
        for byte in digits {
            guard let digit = digit(byte) else { return nil }
            value = value << 4 | UInt64(digit)
        }
        return value
    }

    static func byte(_ first: UInt8, _ second: UInt8) -> UInt8? {
        guard let high = digit(first), let low = digit(second) else { return nil }
        return high << 4 | low
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// 16 digits.
    static func text(_ value: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { buffer in
            for index in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: value >> UInt64((15 - index) * 4)) & 0x0F
                buffer[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return 16
        }
    }
}
