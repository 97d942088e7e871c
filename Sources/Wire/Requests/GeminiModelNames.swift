import NIOCore

/// Names the upstream's model wherever a body for Gemini repeats it: at its top, in `generateContentRequest`, and in
/// each of `requests`.
public enum GeminiModelNames {
    public static func renamed(_ body: EditedBody, to model: String) -> EditedBody {
        let whole = body.joined()
        var name = ByteBuffer()
        name.writeJSONString("models/" + model)
        let edits: [BodyEdit] = whole.withUnsafeReadableBytes { bytes in
            guard let view = JSONObjectView(bytes) else { return [] }
            return places(in: view, of: bytes).map { BodyEdit(range: $0, replacement: name) }
        }
        return edits.isEmpty ? body : EditedBody(whole, edits: edits)
    }

    private static func places(in view: JSONObjectView, of bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        func take(_ object: JSONObjectView?) {
            guard let object, let member = object.member("model"), let start = object.bytes.baseAddress,
                let base = bytes.baseAddress
            else { return }
            let offset = start - base
            ranges.append((offset + member.valueRange.lowerBound)..<(offset + member.valueRange.upperBound))
        }
        take(view)
        take(view.object("generateContentRequest"))
        if let list = view.member("requests"), list.kind == .array {
            JSONScanner.forEachElement(of: view.value(list)) { take(JSONObjectView($0)) }
        }
        return ranges.sorted { $0.lowerBound < $1.lowerBound }
    }
}
