/// Where a message's body ends.
public enum BodyFraming: Sendable, Equatable {
    case none
    case length(Int)
    case chunked
    /// A response's alone: its body ends with the connection.
    case untilClose
}

/// What the fields of a head say of the message's body and of its connection.
struct MessageFacts {
    private(set) var contentLength: Int?
    private(set) var isChunked = false
    private(set) var saysClose = false
    private(set) var saysKeepAlive = false
    private(set) var upgrades = false
    private var hasHost = false

    mutating func take(_ name: HeaderName, _ value: UnsafeRawBufferPointer) throws(MalformedMessage) {
        switch name {
        case .contentLength:
            guard contentLength == nil, let length = MessageFacts.length(value) else { throw .contentLength }
            contentLength = length
        case .transferEncoding:
            guard !isChunked, value.equalsIgnoringCase("chunked") else { throw .transferEncoding }
            isChunked = true
        case .connection: takeConnection(value)
        case .upgrade: upgrades = true
        case .host:
            guard !hasHost else { throw .repeatedHost }
            hasHost = true
        default: break
        }
    }

    private mutating func takeConnection(_ value: UnsafeRawBufferPointer) {
        var rest = value[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.endIndex
            let word = UnsafeRawBufferPointer(rebasing: rest[..<end]).trimmed
            if word.equalsIgnoringCase("close") { saysClose = true }
            if word.equalsIgnoringCase("keep-alive") { saysKeepAlive = true }
            rest = rest[end...].dropFirst()
        }
    }

    /// Digits alone, at most eighteen of them.
    private static func length(_ value: UnsafeRawBufferPointer) -> Int? {
        guard !value.isEmpty, value.count <= 18 else { return nil }
        var length = 0
        for byte in value {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            length = length * 10 + Int(digit)
        }
        return length
    }
}

extension UnsafeRawBufferPointer {
    /// Without spaces and tabs around it.
    var trimmed: UnsafeRawBufferPointer {
        var range = 0..<count
        while !range.isEmpty, self[range.lowerBound] == 0x20 || self[range.lowerBound] == 0x09 {
            range = range.dropFirst()
        }
        while !range.isEmpty, self[range.upperBound - 1] == 0x20 || self[range.upperBound - 1] == 0x09 {
            range = range.dropLast()
        }
        return UnsafeRawBufferPointer(rebasing: self[range])
    }
}
