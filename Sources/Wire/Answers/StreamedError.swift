import Core
public import NIOCore

/// An error that a provider wrote into a stream that it had begun with a status of 200.
public enum StreamedError {
    /// The first event that is an error, in the form that the provider's other errors have.
    public static func body(in stream: ByteBuffer) -> ByteBuffer? {
        var splitter = SSESplitter()
        var found: ByteBuffer?
        _ = try? splitter.push(stream) { if found == nil { found = error(in: $0) } }
        splitter.finish { if found == nil { found = error(in: $0) } }
        return found
    }

    private static func error(in event: borrowing SSEEvent) -> ByteBuffer? {
        var data = event.data
        if data == nil { data = bare(event.raw) }
        guard let data, let object = JSONObjectView(data) else { return nil }
        if object.object("error") != nil { return ByteBuffer(bytes: data) }
        // Responses has it inside a response, or flat in an event of its own.
        if let response = object.object("response"), let error = response.member("error"), error.kind == .object {
            return wrapped(response.value(error))
        }
        return object.string("type") == "error" ? wrapped(data) : nil
    }

    private static func wrapped(_ error: UnsafeRawBufferPointer) -> ByteBuffer {
        var body = ByteBuffer(string: "{\"error\":")
        body.writeBytes(error)
        body.writeStaticString("}")
        return body
    }

    /// Google's servers write it without `data:`.
    private static func bare(_ raw: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        raw.first == UInt8(ascii: "{") ? raw : nil
    }

    /// The status that the error would have had as an answer of its own.
    public static func status(of body: ByteBuffer) -> Int {
        body.withUnsafeReadableBytes { bytes in
            guard let object = JSONObjectView(bytes), let error = object.object("error") else { return 500 }
            if let code = error.integer("code"), (400..<600).contains(code) { return code }
            let words = [error.string("type"), error.string("code"), error.string("status")].compactMap { $0 }
            for word in words {
                if let status = statuses[word] { return status }
            }
            return 500
        }
    }

    private static let statuses = [
        "invalid_request_error": 400, "context_length_exceeded": 400, "authentication_error": 401,
        "invalid_api_key": 401, "permission_error": 403, "not_found_error": 404, "request_too_large": 413,
        "rate_limit_error": 429, "rate_limit_exceeded": 429, "insufficient_quota": 429, "RESOURCE_EXHAUSTED": 429,
        "overloaded_error": 529, "UNAVAILABLE": 503, "timeout_error": 504, "DEADLINE_EXCEEDED": 504,
    ]
}
