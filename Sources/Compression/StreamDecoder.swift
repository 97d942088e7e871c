/// One C library's decoder, driven in steps that neither allocate output nor throw.
protocol StreamDecoder: AnyObject {
    /// Decodes as much of `input` as fits into `output`. Called with no input to fetch what the library still
    /// holds.
    func step(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> DecodeStep
    /// The input so far ends where a compressed stream may end.
    var isComplete: Bool { get }
}

/// What one step of a decoder did.
struct DecodeStep {
    var consumed = 0
    var produced = 0
    var failure: DecompressionError?
}
