import Core
import NIOCore
import Wire

/// Makes of a record what is stored of it: sampled, put together, redacted, previewed.
struct RecordPreparation: Sendable {
    private let settings: RecordSettings
    private let redactor: Redactor

    init(_ settings: RecordSettings) throws(RedactionError) {
        self.settings = settings
        redactor = try Redactor(settings)
    }

    func prepare(_ record: consuming ExchangeRecord) -> RecordToStore {
        guard keepsRow(record) else {
            record.dropBodies()
            return RecordToStore(record: record, requestPreview: nil, responsePreview: nil, keepsRow: false)
        }
        guard record.level == .full, record.bodyBytes > 0 else {
            record.dropBodies()
            return RecordToStore(record: record, requestPreview: nil, responsePreview: nil, keepsRow: true)
        }
        if record.streamed, let stream = record.responseBody { record.responseBody = whole(stream) }
        record.requestBody = record.requestBody.flatMap { redactor.redacted($0) }.map(cut)
        record.responseBody = record.responseBody.flatMap { redactor.redacted($0) }.map(cut)
        // Previews are not encrypted, so there are none where bodies are.
        guard settings.encryptionKey == nil else {
            return RecordToStore(record: record, requestPreview: nil, responsePreview: nil, keepsRow: true)
        }
        let length = Limits.previewCharactersMax
        return RecordToStore(
            record: record, requestPreview: record.requestBody.flatMap { CallText.asked($0, charactersMax: length) },
            responsePreview: record.responseBody.flatMap { CallText.answered($0, charactersMax: length) },
            keepsRow: true)
    }

    /// Errors always are.
    private func keepsRow(_ record: borrowing ExchangeRecord) -> Bool {
        record.level != .off && (record.outcome != .ok || settings.keeps(record.traceID))
    }

    /// A streamed answer in one piece. What is to be redacted may stand in two events: a stream that nobody here can
    /// put together is kept as it came only where nothing is to be taken out.
    private func whole(_ stream: ByteBuffer) -> ByteBuffer? {
        StreamAssembly.whole(stream, dialect: .gemini) ?? StreamAssembly.whole(stream, dialect: .openAI)
            ?? StreamAssembly.whole(stream, dialect: .anthropic) ?? (redactor.isIdle ? stream : nil)
    }

    private func cut(_ body: ByteBuffer) -> ByteBuffer {
        body.readableBytes > settings.bodyBytesMax
            ? body.getSlice(at: body.readerIndex, length: settings.bodyBytesMax)! : body
    }
}

extension RecordSettings {
    /// A trace is kept whole or not at all, whichever of its calls ask.
    func keeps(_ trace: TraceID) -> Bool {
        if samplePerMillion >= 1_000_000 { return true }
        let mixed = (trace.low ^ trace.high) &* 0x9E37_79B9_7F4A_7C15
        return (mixed >> 32) % 1_000_000 < UInt64(samplePerMillion)
    }
}
