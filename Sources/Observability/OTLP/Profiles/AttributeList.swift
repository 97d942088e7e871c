import Core
import NIOCore
import Wire

/// Attributes as they are gathered: what is not there is left out.
struct AttributeList {
    private(set) var attributes: [OTLPAttribute] = []

    mutating func set(_ key: String, _ text: String?) {
        if let text { attributes.append(OTLPAttribute(key, .string(text))) }
    }

    mutating func set(_ key: String, _ number: Int) { attributes.append(OTLPAttribute(key, .int(Int64(number)))) }

    /// Left out where it is 0: it says nothing.
    mutating func setUnlessZero(_ key: String, _ number: Int) { if number != 0 { set(key, number) } }

    mutating func set(_ key: String, _ number: Double?) {
        if let number { attributes.append(OTLPAttribute(key, .double(number))) }
    }

    mutating func set(_ key: String, _ flag: Bool) { attributes.append(OTLPAttribute(key, .bool(flag))) }

    mutating func set(_ key: String, _ texts: [String]) {
        if !texts.isEmpty { attributes.append(OTLPAttribute(key, .strings(texts))) }
    }

    mutating func setJSON(_ key: String, _ body: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        body(&writer)
        set(key, String(buffer: writer.buffer))
    }

    mutating func set(_ values: [OTLPAttribute]) { attributes += values }
}

extension JSONWriter {
    /// - Parameter json: one whole value; anything else is written as the text it is.
    mutating func json(_ json: String) {
        let isWhole = Array(json.utf8).withUnsafeBytes { (try? JSONScanner.validate($0)) != nil }
        if isWhole { raw(ByteBuffer(string: json)) } else { value(json) }
    }

    mutating func jsonMember(_ name: String, _ json: String) {
        key(name)
        self.json(json)
    }
}

extension Money {
    /// The nearest number of dollars that a double can hold.
    var usd: Double { Double(usdText) ?? 0 }
}
