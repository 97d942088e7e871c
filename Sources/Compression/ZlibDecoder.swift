import CZlib

/// gzip, zlib-wrapped and raw deflate by zlib.
final class ZlibDecoder: StreamDecoder {
    enum Format {
        /// One or more members after each other.
        case gzip
        /// Wrapped or raw, told apart by the first two bytes.
        case deflate
    }

    private let format: Format
    private let stream: UnsafeMutablePointer<z_stream>
    private var isOpen = false
    private(set) var isComplete = false
    /// The first byte of a deflate stream whose second one has not come.
    private var firstByte: UInt8?

    init(_ format: Format) {
        self.format = format
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
    }

    deinit {
        if isOpen { inflateEnd(stream) }
        stream.deallocate()
    }

    func step(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> DecodeStep {
        if isComplete {
            guard let first = input.first else { return DecodeStep() }
            // RFC 1952 §2.2: a file is a series of members. Anything but a member's magic is not ours to skip.
            guard format == .gzip, first == 0x1F else { return DecodeStep(failure: .trailingBytes) }
            guard inflateReset(stream) == Z_OK else { return DecodeStep(failure: .corrupt) }
            isComplete = false
        }
        if !isOpen {
            switch format {
            case .gzip: open(windowBits: MAX_WBITS + 16)
            case .deflate: return openDeflate(input, output)
            }
            guard isOpen else { return DecodeStep(failure: .tooLarge) }
        }
        return inflateStep(input, output)
    }

    /// Waits for two bytes, looks which kind of deflate they begin, and feeds them to it.
    private func openDeflate(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> DecodeStep {
        guard let first = firstByte else {
            guard let byte = input.first else { return DecodeStep() }
            firstByte = byte
            return DecodeStep(consumed: 1)
        }
        guard let second = input.first else { return DecodeStep() }
        // RFC 1950 §2.2: method 8, a window of at most 32 KiB, and a check value that makes the pair divisible by 31.
        let isWrapped = first & 0x0F == 8 && first >> 4 <= 7 && (Int(first) << 8 | Int(second)) % 31 == 0
        open(windowBits: isWrapped ? MAX_WBITS : -MAX_WBITS)
        guard isOpen else { return DecodeStep(failure: .tooLarge) }
        let held = withUnsafeBytes(of: first) { inflateStep($0, output) }
        guard held.failure == nil else { return held }
        return DecodeStep(consumed: 0, produced: held.produced)
    }

    private func open(windowBits: Int32) {
        let result = inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        isOpen = result == Z_OK
    }

    private func inflateStep(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> DecodeStep {
        // zlib declares its input mutable and does not write to it.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.assumingMemoryBound(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.assumingMemoryBound(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        let result = inflate(stream, Z_NO_FLUSH)
        var step = DecodeStep(
            consumed: input.count - Int(stream.pointee.avail_in),
            produced: output.count - Int(stream.pointee.avail_out)
        )
        stream.pointee.next_in = nil
        stream.pointee.next_out = nil
        switch result {
        case Z_STREAM_END: isComplete = true
        case Z_OK, Z_BUF_ERROR: break
        case Z_MEM_ERROR: step.failure = .tooLarge
        default: step.failure = .corrupt
        }
        return step
    }
}
