public import NIOCore

/// A change to a body: the bytes of a range are replaced. An empty range inserts.
public struct BodyEdit: Sendable, Equatable {
    public let range: Range<Int>
    public let replacement: ByteBuffer

    public init(range: Range<Int>, replacement: ByteBuffer) {
        self.range = range
        self.replacement = replacement
    }
}

extension BodyEdit {
    /// By their places; those at one place in the order given.
    fileprivate static func ordered(_ edits: [BodyEdit]) -> [BodyEdit] {
        edits.enumerated().sorted {
            ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
        }.map(\.element)
    }
}

/// A body with a few changes, kept as pieces of the original: large parts are never copied.
public struct EditedBody: Sendable {
    public private(set) var pieces: [ByteBuffer]
    public private(set) var byteCount: Int

    /// Nothing.
    public init() {
        pieces = []
        byteCount = 0
    }

    /// - Parameter edits: in any order. Insertions at one place keep the order given; of two that overlap the first
    ///   counts.
    public init(_ body: ByteBuffer, edits: [BodyEdit]) {
        guard !edits.isEmpty else {
            pieces = [body]
            byteCount = body.readableBytes
            return
        }
        let ordered = edits.count == 1 ? edits : BodyEdit.ordered(edits)
        pieces = []
        pieces.reserveCapacity(edits.count * 2 + 1)
        byteCount = 0
        var position = 0
        for edit in ordered where edit.range.lowerBound >= position {
            append(body.part(position..<edit.range.lowerBound))
            append(edit.replacement)
            position = edit.range.upperBound
        }
        append(body.part(position..<body.readableBytes))
    }

    /// All pieces as one.
    public func joined() -> ByteBuffer {
        var whole = ByteBuffer()
        for piece in pieces { whole.writeImmutableBuffer(piece) }
        return whole
    }

    private mutating func append(_ piece: ByteBuffer) {
        guard piece.readableBytes > 0 else { return }
        pieces.append(piece)
        byteCount += piece.readableBytes
    }
}

extension ByteBuffer {
    /// A JSON object with members under other names; anything else as it is.
    public func renamingMembers(_ names: [(from: String, to: String)]) -> ByteBuffer {
        guard !names.isEmpty else { return self }
        let edits: [BodyEdit] = withUnsafeReadableBytes { bytes in
            guard let view = JSONObjectView(bytes) else { return [] }
            return view.members.compactMap { member in
                let name = view.key(member)
                guard let other = names.first(where: { $0.from == name })?.to else { return nil }
                return BodyEdit(range: member.keyStart..<member.keyEnd, replacement: ByteBuffer(string: other))
            }
        }
        return edits.isEmpty ? self : EditedBody(self, edits: edits).joined()
    }

    /// A range counted from the reader's index, without copying. An empty one holds on to nothing.
    public func part(_ range: Range<Int>) -> ByteBuffer {
        range.isEmpty ? ByteBuffer() : getSlice(at: readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
    }
}
