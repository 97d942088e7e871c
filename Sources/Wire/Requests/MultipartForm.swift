public import Core
public import NIOCore

/// A `multipart/form-data` body: where its fields stand. Nothing is copied.
///
/// Source: RFC 7578 and RFC 2046, section 5.1.
public struct MultipartForm: Sendable {
    public struct Field: Sendable {
        public let name: String
        /// A file's content, which is no text.
        public let isFile: Bool
        /// Of the value, in the body.
        public let range: Range<Int>
    }

    public let fields: [Field]

    /// - Parameter contentType: with its `boundary`.
    public init(_ body: ByteBuffer, contentType: String?) throws(GatewayError) {
        guard let boundary = contentType.flatMap(Self.boundary) else {
            throw GatewayError(
                .invalidRequest,
                "This endpoint takes a form: the content-type must be multipart/form-data with a boundary.",
                parameter: "content-type")
        }
        let fields = body.withUnsafeReadableBytes { Self.read($0, delimiter: Array("--\(boundary)".utf8)) }
        guard let fields else {
            throw GatewayError(.invalidRequest, "The form's parts cannot be read; is it whole, with its last boundary?")
        }
        self.fields = fields
    }

    /// The text of a field that is written once at most.
    public func text(_ name: String, in body: ByteBuffer) throws(GatewayError) -> String? {
        let named = fields.filter { $0.name == name && !$0.isFile }
        guard named.count < 2 else {
            throw GatewayError(
                .invalidRequest, "The form has the field '\(name)' twice. Send it once.", parameter: name)
        }
        return named.first.map { String(buffer: body.part($0.range)) }
    }

    // MARK: Reading

    static func boundary(_ contentType: String) -> String? {
        let parts = contentType.split(separator: ";").map { $0.trimmingPrefix { $0 == " " } }
        guard parts.first?.lowercased() == "multipart/form-data" else { return nil }
        let boundaries = parts.dropFirst().filter { $0.lowercased().hasPrefix("boundary") }
        // Of two, another reader may take the other.
        guard boundaries.count == 1, let part = boundaries.first, part.lowercased().hasPrefix("boundary=") else {
            return nil
        }
        var value = part.dropFirst("boundary=".count)
        if value.first == "\"", value.last == "\"", value.count > 2 { value = value.dropFirst().dropLast() }
        let isGood = (1...70).contains(value.utf8.count) && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return isGood ? String(value) : nil
    }

    /// - Returns: nil where the parts are not parted as they should be.
    private static func read(_ bytes: UnsafeRawBufferPointer, delimiter: [UInt8]) -> [Field]? {
        var fields: [Field] = []
        let lineEnd: [UInt8] = [0x0D, 0x0A]
        let isFirst = bytes.starts(with: delimiter)
        guard var position = isFirst ? 0 : find(lineEnd + delimiter, in: bytes, from: 0).map({ $0 + 2 }) else {
            return nil
        }
        while true {
            position += delimiter.count
            if bytes[position...].starts(with: [0x2D, 0x2D]) { return fields }
            guard bytes[position...].starts(with: lineEnd),
                let headEnd = find(lineEnd + lineEnd, in: bytes, from: position),
                let next = find(lineEnd + delimiter, in: bytes, from: headEnd + 2), fields.count < Limits.formFieldsMax
            else { return nil }
            let head = String(decoding: bytes[position..<headEnd], as: UTF8.self)
            // What has no plain name, another reader may give one.
            guard let (name, isFile) = disposition(head) else { return nil }
            fields.append(Field(name: name, isFile: isFile, range: min(headEnd + 4, next)..<next))
            position = next + 2
        }
    }

    private static func disposition(_ head: String) -> (name: String, isFile: Bool)? {
        let lines = head.split(whereSeparator: \.isNewline)
        guard let line = lines.first(where: { $0.lowercased().hasPrefix("content-disposition:") }) else { return nil }
        let parts = line.split(separator: ";").dropFirst().map { $0.trimmingPrefix { $0 == " " } }
        let names = parts.filter { $0.lowercased().hasPrefix("name") }
        guard names.count == 1, let name = names.first, name.lowercased().hasPrefix("name=") else { return nil }
        let isFile = parts.contains { $0.lowercased().hasPrefix("filename") }
        return (name.dropFirst(5).filter { $0 != "\"" }, isFile)
    }

    private static func find(_ pattern: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let first = pattern.first else { return nil }
        var position = start
        while position + pattern.count <= bytes.count {
            guard let next = bytes[position..<(bytes.count - pattern.count + 1)].firstIndex(of: first) else {
                return nil
            }
            if bytes[next..<(next + pattern.count)].elementsEqual(pattern) { return next }
            position = next + 1
        }
        return nil
    }
}
