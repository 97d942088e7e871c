import NIOCore

/// Takes a body out of its chunks (RFC 9112, section 7.1), wherever the reads split them. Trailers are read and
/// dropped.
struct ChunkedBody {
    /// Bytes of one chunk's size line with its extensions, and of all trailers together.
    static let lineBytesMax = 4096

    private enum State {
        case size
        case data(Int)
        /// The line end after a chunk's data.
        case dataEnd
        case trailer
        case ended
    }

    enum Step {
        case data(ByteBuffer)
        case needsMore
        case ended
    }

    private var state = State.size
    private var trailerBytes = 0

    /// Takes the next piece of the body, or the end, out of the buffer.
    mutating func next(_ buffer: inout ByteBuffer) throws(MalformedMessage) -> Step {
        while true {
            switch state {
            case .size:
                guard let line = try line(&buffer) else { return .needsMore }
                let size = try ChunkedBody.size(line)
                state = size == 0 ? .trailer : .data(size)
            case .data(let rest):
                let count = min(rest, buffer.readableBytes)
                guard count > 0, let data = buffer.readSlice(length: count) else { return .needsMore }
                state = count == rest ? .dataEnd : .data(rest - count)
                return .data(data)
            case .dataEnd:
                guard buffer.readableBytes >= 2 else { return .needsMore }
                guard buffer.readInteger(as: UInt16.self) == 0x0D0A else { throw .chunk }
                state = .size
            case .trailer:
                guard let line = try line(&buffer) else { return .needsMore }
                if line.readableBytes == 0 {
                    state = .ended
                    return .ended
                }
                trailerBytes += line.readableBytes
                guard trailerBytes <= ChunkedBody.lineBytesMax else { throw .chunk }
            case .ended:
                return .ended
            }
        }
    }

    /// A line without its end; nil when its end has not come.
    private func line(_ buffer: inout ByteBuffer) throws(MalformedMessage) -> ByteBuffer? {
        let view = buffer.readableBytesView
        guard let end = view.prefix(ChunkedBody.lineBytesMax + 2).firstIndex(of: 0x0A) else {
            guard view.count <= ChunkedBody.lineBytesMax else { throw .chunk }
            return nil
        }
        let length = end - view.startIndex
        guard length > 0, view[end - 1] == 0x0D, var line = buffer.readSlice(length: length + 1) else { throw .chunk }
        return line.readSlice(length: length - 1)
    }

    /// The size that a line begins with; an extension after `;` is read over.
    private static func size(_ line: ByteBuffer) throws(MalformedMessage) -> Int {
        var size = 0
        var digits = 0
        for byte in line.readableBytesView {
            guard let digit = hexadecimal(byte) else {
                let rest = line.readableBytesView.dropFirst(digits).drop { $0 == 0x20 || $0 == 0x09 }
                guard rest.isEmpty || rest.first == UInt8(ascii: ";") else { throw .chunk }
                break
            }
            digits += 1
            guard digits <= 15 else { throw .chunk }
            size = size << 4 | Int(digit)
        }
        guard digits > 0, line.readableBytesView.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw .chunk
        }
        return size
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
