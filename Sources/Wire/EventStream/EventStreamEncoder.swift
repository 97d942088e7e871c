/// Writes messages of an AWS event stream; the counterpart of `EventStreamDecoder`.
public enum EventStreamEncoder {
    /// - Parameter headers: names and values, all strings.
    public static func message(_ headers: [(name: String, value: String)], payload: [UInt8]) -> [UInt8] {
        var fields: [UInt8] = []
        for (name, value) in headers {
            fields.append(UInt8(truncatingIfNeeded: name.utf8.count))
            fields += name.utf8
            fields += [
                7, UInt8(truncatingIfNeeded: value.utf8.count >> 8), UInt8(truncatingIfNeeded: value.utf8.count),
            ]
            fields += value.utf8
        }
        var message = number(UInt32(16 + fields.count + payload.count)) + number(UInt32(fields.count))
        message += checksum(message)
        message += fields + payload
        return message + checksum(message)
    }

    private static func number(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }

    private static func checksum(_ bytes: [UInt8]) -> [UInt8] { number(bytes.withUnsafeBytes(CRC32.checksum)) }
}
