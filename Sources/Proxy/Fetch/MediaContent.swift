import Core
import NIOCore
import Wire

/// The file that an answer brings, checked as it comes and turned into what a provider's body holds.
struct MediaContent {
    private enum State {
        /// Too little to tell what it is.
        case beginning(ByteBuffer)
        case file(MediaType, Base64Encoder, ByteBuffer)
        case text(ByteBuffer)
    }

    private let kind: MediaType.Kind
    private let types: Set<MediaType>
    private let bytesMax: Int
    private var state = State.beginning(ByteBuffer())
    private var isSaidToBeText = false
    private(set) var bytes = 0

    /// - Parameters:
    ///   - types: those that are allowed.
    ///   - bytesMax: the largest size of a file.
    init(_ kind: MediaType.Kind, types: Set<MediaType>, bytesMax: Int) {
        self.kind = kind
        self.types = types
        self.bytesMax = bytesMax
    }

    mutating func begin(_ head: ResponseHead) throws(FetchFailure) {
        if 300..<400 ~= head.status { throw .redirect }
        guard head.status == 200 else { throw .status(head.status) }
        if let encoding = head.fields.first(.contentEncoding), encoding.lowercased() != "identity" { throw .encoded }
        if case .length(let length) = head.framing, length > bytesMax { throw .fileTooLarge(bytesMax: bytesMax) }
        isSaidToBeText = head.fields.first(.contentType)?.lowercased().hasPrefix("text/plain") == true
    }

    mutating func append(_ more: ByteBuffer) throws(FetchFailure) {
        bytes += more.readableBytes
        guard bytes <= bytesMax else { throw .fileTooLarge(bytesMax: bytesMax) }
        switch state {
        case .beginning(var start):
            start.writeImmutableBuffer(more)
            state = .beginning(start)
            if start.readableBytes >= MediaType.signatureBytes { try decide(start) }
        case .file(let type, var encoder, var output):
            // Let go of, so that it is written where it is.
            state = .beginning(ByteBuffer())
            more.withUnsafeReadableBytes { encoder.append($0, to: &output) }
            state = .file(type, encoder, output)
        case .text(var text):
            state = .beginning(ByteBuffer())
            text.writeImmutableBuffer(more)
            state = .text(text)
        }
    }

    /// What it is shows in its first bytes, whatever the server says it is.
    private mutating func decide(_ start: ByteBuffer) throws(FetchFailure) {
        guard let type = MediaType(signature: start.readableBytesView) ?? (isSaidToBeText ? .text : nil) else {
            throw .unknownType
        }
        guard type.kind == kind else { throw .wrongType(type, wanted: kind) }
        guard types.contains(type) else { throw .forbiddenType(type) }
        if type == .text {
            state = .text(start)
        } else {
            var (encoder, output) = (Base64Encoder(), ByteBuffer())
            start.withUnsafeReadableBytes { encoder.append($0, to: &output) }
            state = .file(type, encoder, output)
        }
    }

    mutating func finish() throws(FetchFailure) -> FetchedMedia {
        if case .beginning(let start) = state { try decide(start) }
        switch state {
        case .file(let type, var encoder, var output):
            encoder.finish(&output)
            return .file(type, base64: output)
        case .text(let text):
            guard let words = String(validating: text.readableBytesView, as: UTF8.self), !words.contains("\0") else {
                throw .unknownType
            }
            return .text(words)
        case .beginning: throw .unknownType
        }
    }
}
