import Core
public import NIOCore

extension JSONWriter {
    /// `{"error":{"code","message","status","details"}}`, Google's `google.rpc.Status`: the gateway's own word stands
    /// in the `reason` of its details, and how long to wait in a `RetryInfo`.
    mutating func geminiError(_ error: GatewayError, requestID: String) {
        beginObject()
        key("error")
        beginObject()
        member("code", error.code.status)
        member("message", error.message)
        member("status", GeminiStatus.word(error.code.status))
        key("details")
        beginArray()
        beginObject()
        member("@type", "type.googleapis.com/google.rpc.ErrorInfo")
        member("reason", error.code.rawValue)
        member("domain", "headgate")
        key("metadata")
        beginObject()
        memberIfPresent("parameter", error.parameter)
        member("requestId", requestID)
        endObject()
        endObject()
        if let seconds = error.retryAfterSeconds {
            beginObject()
            member("@type", "type.googleapis.com/google.rpc.RetryInfo")
            member("retryDelay", "\(seconds)s")
            endObject()
        }
        endArray()
        endObject()
        endObject()
    }
}

/// What Google's servers say of a key.
public enum GeminiError {
    /// Whether an answer of status 400 refuses the key: Google's servers say it in the error's details.
    public static func refusesKey(_ body: ByteBuffer) -> Bool {
        body.withUnsafeReadableBytes { bytes in
            guard let error = JSONObjectView(bytes)?.object("error"), let details = error.member("details"),
                details.kind == .array
            else { return false }
            return JSONScanner.elements(of: error.value(details)).contains {
                let bytes = UnsafeRawBufferPointer(rebasing: error.value(details)[$0])
                return JSONObjectView(bytes)?.string("reason") == "API_KEY_INVALID"
            }
        }
    }
}
