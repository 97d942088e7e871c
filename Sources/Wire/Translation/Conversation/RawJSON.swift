import NIOCore

/// A JSON value as it stands in a document that was checked. Dialects differ in their members, not in how JSON is
/// written: what both have passes from one to the other without being read.
struct RawJSON: Sendable, Equatable {
    let kind: JSONKind
    let buffer: ByteBuffer

    init(kind: JSONKind, _ buffer: ByteBuffer) {
        self.kind = kind
        self.buffer = buffer
    }

    /// A string's characters; nil for anything else.
    var text: RawText? {
        kind == .string ? RawText(escaped: buffer.part(1..<(buffer.readableBytes - 1))) : nil
    }

    var integer: Int? { kind == .number ? buffer.withUnsafeReadableBytes { JSONText.integer($0) } : nil }

    static func text(_ text: String) -> RawJSON {
        var buffer = ByteBuffer()
        buffer.writeJSONString(text)
        return RawJSON(kind: .string, buffer)
    }

    static func number(_ number: Int) -> RawJSON { RawJSON(kind: .number, ByteBuffer(string: "\(number)")) }
}

/// The characters of a JSON string as they are written between its quotes, escapes included.
struct RawText: Sendable, Equatable {
    private(set) var escaped: ByteBuffer

    init(escaped: ByteBuffer) { self.escaped = escaped }

    init(_ text: String) {
        var buffer = ByteBuffer()
        buffer.writeJSONString(text)
        escaped = buffer.part(1..<(buffer.readableBytes - 1))
    }

    var isEmpty: Bool { escaped.readableBytes == 0 }

    /// The characters themselves.
    var string: String { escaped.withUnsafeReadableBytes { JSONText.unescaped($0) } }

    mutating func append(_ other: RawText) {
        if isEmpty { escaped = other.escaped } else { escaped.writeImmutableBuffer(other.escaped) }
    }

    mutating func append(_ text: StaticString) { escaped.writeStaticString(text) }

    /// On a line of its own.
    mutating func appendParagraph(_ other: RawText) {
        if !isEmpty { append("\\n") }
        append(other)
    }

    /// What stands in this text is JSON itself: that value, if it is an object.
    var object: RawJSON? {
        let bytes = ByteBuffer(string: string)
        let isObject = bytes.withUnsafeReadableBytes { (try? JSONScanner.validate($0)) == .object }
        return isObject ? RawJSON(kind: .object, bytes) : nil
    }
}

extension JSONWriter {
    mutating func value(_ text: RawText) { quoted(text.escaped) }
    mutating func value(_ json: RawJSON) { raw(json.buffer) }

    mutating func member(_ name: String, _ text: RawText) {
        key(name)
        value(text)
    }

    mutating func member(_ name: String, _ json: RawJSON) {
        key(name)
        value(json)
    }

    mutating func memberIfPresent(_ name: String, _ json: RawJSON?) { if let json { member(name, json) } }
    mutating func memberIfPresent(_ name: String, _ text: RawText?) { if let text { member(name, text) } }
}

/// A document that a translation reads: values are handed out as parts of it, not copied.
struct RawDocument {
    private let buffer: ByteBuffer
    private let base: UnsafeRawBufferPointer

    /// - Parameter base: the bytes of the buffer.
    private init(_ buffer: ByteBuffer, _ base: UnsafeRawBufferPointer) {
        self.buffer = buffer
        self.base = base
    }

    /// - Returns: nil when the bytes are no object.
    static func read<Result>(
        _ buffer: ByteBuffer, _ body: (RawDocument, JSONObjectView) throws(TranslationError) -> Result
    ) throws(TranslationError) -> Result? {
        var result: Swift.Result<Result?, TranslationError> = .success(nil)
        buffer.withUnsafeReadableBytes { bytes in
            guard let view = JSONObjectView(bytes) else { return }
            do throws(TranslationError) {
                result = .success(try body(RawDocument(buffer, bytes), view))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    /// - Parameter bytes: a part of the document.
    func part(_ bytes: UnsafeRawBufferPointer) -> ByteBuffer {
        guard let start = bytes.baseAddress, let origin = base.baseAddress else { return ByteBuffer() }
        let offset = start - origin
        return buffer.part(offset..<(offset + bytes.count))
    }

    func json(_ view: JSONObjectView, _ member: JSONMember) -> RawJSON {
        RawJSON(kind: member.kind, part(view.value(member)))
    }

    /// nil where it is not there, or null.
    func json(_ view: JSONObjectView, _ name: StaticString) -> RawJSON? {
        guard let member = view.member(name), member.kind != .null else { return nil }
        return json(view, member)
    }

    func text(_ view: JSONObjectView, _ name: StaticString) -> RawText? {
        guard let member = view.member(name), member.kind == .string else { return nil }
        return RawText(escaped: part(view.value(member).insideQuotes))
    }

    /// The elements of an array that are objects, with their places; nil where there is no such array.
    func objects(_ view: JSONObjectView, _ name: StaticString) -> [JSONObjectView?]? {
        guard let member = view.member(name), member.kind == .array else { return nil }
        var elements: [JSONObjectView?] = []
        JSONScanner.forEachElement(of: view.value(member)) { elements.append(JSONObjectView($0)) }
        return elements
    }
}

extension RawDocument {
    /// How closely an image is to be looked at; nil for `auto`, which asks for what happens anyway.
    func detail(_ image: JSONObjectView) -> RawText? {
        text(image, "detail").flatMap { $0.string == "auto" ? nil : $0 }
    }

    /// The texts of an array of nothing else; nil for anything that is none.
    func texts(_ view: JSONObjectView, _ name: StaticString) -> [RawText]? {
        guard let member = view.member(name), member.kind == .array else { return nil }
        var texts: [RawText] = []
        var isWhole = true
        JSONScanner.forEachElement(of: view.value(member)) { element in
            if element.first == UInt8(ascii: "\"") {
                texts.append(RawText(escaped: part(element.insideQuotes)))
            } else {
                isWhole = false
            }
        }
        return isWhole ? texts : nil
    }
}

extension JSONObjectView {
    /// nil where it is neither true nor false.
    func flag(_ name: StaticString) -> Bool? {
        switch member(name)?.kind {
        case .yes: true
        case .no: false
        default: nil
        }
    }
}
