public import NIOCore

/// Writes JSON into a buffer, member by member. Commas are its business, nesting is the caller's.
public struct JSONWriter {
    public private(set) var buffer: ByteBuffer
    private var needsComma = false

    public init(_ buffer: ByteBuffer = ByteBuffer()) { self.buffer = buffer }

    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    public mutating func key(_ name: String) {
        value(name)
        buffer.writeInteger(UInt8(ascii: ":"))
        needsComma = false
    }

    public mutating func value(_ text: String) {
        separate()
        buffer.writeJSONString(text)
    }

    public mutating func value(_ number: Int) {
        separate()
        buffer.writeDecimal(Int64(number))
    }

    public mutating func value(_ flag: Bool) {
        separate()
        buffer.writeString(flag ? "true" : "false")
    }

    /// - Parameter json: one whole value, as it is to stand there.
    public mutating func raw(_ json: ByteBuffer) {
        separate()
        buffer.writeImmutableBuffer(json)
    }

    /// - Parameter escaped: a string's inside, as it is to stand between the quotes.
    mutating func quoted(_ escaped: ByteBuffer) {
        separate()
        buffer.writeInteger(UInt8(ascii: "\""))
        buffer.writeImmutableBuffer(escaped)
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    public mutating func null() {
        separate()
        buffer.writeStaticString("null")
    }

    public mutating func member(_ name: String, _ text: String) {
        key(name)
        value(text)
    }

    /// Writes nothing when there is no text.
    public mutating func memberIfPresent(_ name: String, _ text: String?) {
        if let text { member(name, text) }
    }

    public mutating func member(_ name: String, _ number: Int) {
        key(name)
        value(number)
    }

    public mutating func member(_ name: String, _ flag: Bool) {
        key(name)
        value(flag)
    }

    private mutating func separate() {
        if needsComma { buffer.writeInteger(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        buffer.writeInteger(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        buffer.writeInteger(bracket)
        needsComma = true
    }
}
