import NIOCore

/// An object of proto JSON: a name may be written as `camelCase` or as `snake_case`, null is as good as nothing, and a
/// number may stand in a string. Names are asked for in `camelCase`.
/// Source: the Protocol Buffers guide, "ProtoJSON Format".
struct ProtoObject {
    let document: RawDocument
    let view: JSONObjectView

    func member(_ name: StaticString) -> JSONMember? {
        view.members.last { $0.kind != .null && isNamed($0, name) }
    }

    func json(_ name: StaticString) -> RawJSON? { member(name).map { document.json(view, $0) } }

    func text(_ name: StaticString) -> RawText? {
        guard let member = member(name), member.kind == .string else { return nil }
        return RawText(escaped: document.part(view.value(member).insideQuotes))
    }

    func word(_ name: StaticString) -> String? { text(name)?.string }

    func flag(_ name: StaticString) -> Bool? {
        switch member(name)?.kind {
        case .yes: true
        case .no: false
        default: nil
        }
    }

    /// A number, also a whole one that stands in a string; anything else as it is.
    func number(_ name: StaticString) -> RawJSON? { json(name)?.asProtoNumber }

    func object(_ name: StaticString) -> ProtoObject? {
        guard let member = member(name), member.kind == .object else { return nil }
        return JSONObjectView(view.value(member)).map { ProtoObject(document: document, view: $0) }
    }

    /// The elements of a list, nil for those that are no objects; nil where there is no such list.
    func objects(_ name: StaticString) -> [ProtoObject?]? {
        guard let member = member(name), member.kind == .array else { return nil }
        var elements: [ProtoObject?] = []
        JSONScanner.forEachElement(of: view.value(member)) { bytes in
            elements.append(JSONObjectView(bytes).map { ProtoObject(document: document, view: $0) })
        }
        return elements
    }

    /// The texts of a list of nothing else.
    func texts(_ name: StaticString) -> [RawText]? {
        guard let member = member(name), member.kind == .array else { return nil }
        var texts: [RawText] = []
        var isWhole = true
        JSONScanner.forEachElement(of: view.value(member)) { bytes in
            if bytes.first == UInt8(ascii: "\"") {
                texts.append(RawText(escaped: document.part(bytes.insideQuotes)))
            } else {
                isWhole = false
            }
        }
        return isWhole ? texts : nil
    }

    /// The members that are none of these, as they are written.
    func others(than known: [StaticString]) -> [(name: String, value: RawJSON)] {
        view.members.compactMap { member in
            guard member.kind != .null, !known.contains(where: { isNamed(member, $0) }) else { return nil }
            return (view.key(member), document.json(view, member))
        }
    }

    func isNamed(_ member: JSONMember, _ name: StaticString) -> Bool { view.bytes.isProtoNamed(member, name) }
}

extension RawJSON {
    var asProtoNumber: RawJSON {
        guard let text, let number = text.escaped.withUnsafeReadableBytes({ JSONText.integer($0) }) else { return self }
        return .number(number)
    }

    /// Reads an object that is a part of a document.
    func readingObject<Result>(
        _ body: (ProtoObject) throws(TranslationError) -> Result
    ) throws(TranslationError) -> Result? {
        try RawDocument.read(buffer) { document, view throws(TranslationError) in
            try body(ProtoObject(document: document, view: view))
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether a member of the object that stands here has this name, in one of its spellings.
    func isProtoNamed(_ member: JSONMember, _ name: StaticString) -> Bool {
        guard member.keyIsEscaped else { return self.name(member).isProtoName(name) }
        var key = JSONText.unescaped(self.name(member))
        return key.withUTF8 { UnsafeRawBufferPointer($0).isProtoName(name) }
    }

    /// Whether these bytes are a name, as written here or in `snake_case`.
    func isProtoName(_ name: StaticString) -> Bool {
        let camel = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        var place = 0
        var raises = false
        for byte in self {
            if byte == UInt8(ascii: "_") && !raises {
                raises = true
                continue
            }
            guard place < camel.count, camel[place] == (raises ? byte & ~0x20 : byte) else { return false }
            raises = false
            place += 1
        }
        return place == camel.count && !raises
    }
}
