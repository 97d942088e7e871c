import CZstd

/// zstd frames, one or several after each other, skippable ones included.
final class ZstdDecoder: StreamDecoder {
    private let context: OpaquePointer
    /// A frame has begun and not ended.
    private var isInsideFrame = false
    private var framesEnded = 0

    /// - Returns: nil when the library has no memory for a context.
    init?() {
        guard let context = ZSTD_createDCtx() else { return nil }
        self.context = context
        let result = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Int32(DecompressionLimits.zstdWindowLogMax))
        precondition(ZSTD_isError(result) == 0, "zstd knows the window's bound as a parameter")
    }

    deinit { ZSTD_freeDCtx(context) }

    var isComplete: Bool { framesEnded > 0 && !isInsideFrame }

    func step(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> DecodeStep {
        if input.isEmpty && !isInsideFrame { return DecodeStep() }
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let wasInsideFrame = isInsideFrame
        let result = ZSTD_decompressStream(context, &target, &source)
        var step = DecodeStep(consumed: source.pos, produced: target.pos)
        guard ZSTD_isError(result) == 0 else {
            step.failure = failure(of: Code(result), betweenFrames: !wasInsideFrame)
            return step
        }
        if result == 0 {
            isInsideFrame = false
            framesEnded += 1
        } else {
            isInsideFrame = true
        }
        return step
    }

    private func failure(of code: Code, betweenFrames: Bool) -> DecompressionError {
        switch code {
        case .windowTooLarge, .memoryAllocation: .tooLarge
        case .prefixUnknown where betweenFrames && framesEnded > 0: .trailingBytes
        default: .corrupt
        }
    }

    /// An error of the library. `zstd_errors.h` pins these numbers; a result carries its number negated.
    private struct Code: Equatable {
        let number: Int

        init(number: Int) { self.number = number }
        init(_ result: Int) { number = 0 &- result }

        static let prefixUnknown = Code(number: 10)
        static let windowTooLarge = Code(number: 16)
        static let memoryAllocation = Code(number: 64)
    }
}
