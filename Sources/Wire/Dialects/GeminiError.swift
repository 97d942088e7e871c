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

/// What Google's servers say in the details of an error.
public enum GeminiError {
    /// Whether an answer of status 400 refuses the key: Google's servers say it in the error's details.
    public static func refusesKey(_ body: ByteBuffer) -> Bool {
        body.withUnsafeReadableBytes { bytes in
            guard let error = JSONObjectView(bytes)?.object("error") else { return false }
            return details(of: error).contains { $0.string("reason") == "API_KEY_INVALID" }
        }
    }

    /// Nanoseconds after which it may be tried again, from the error's `RetryInfo`; nil where there is none.
    public static func retryDelay(_ body: ByteBuffer) -> Int64? {
        body.withUnsafeReadableBytes { bytes in
            guard let error = JSONObjectView(bytes)?.object("error") else { return nil }
            for detail in details(of: error) {
                if let delay = detail.string("retryDelay").flatMap(ResetTime.duration) { return delay }
            }
            return nil
        }
    }

    static func details(of error: JSONObjectView) -> [JSONObjectView] {
        guard let details = error.member("details"), details.kind == .array else { return [] }
        let bytes = error.value(details)
        return JSONScanner.elements(of: bytes).compactMap {
            JSONObjectView(UnsafeRawBufferPointer(rebasing: bytes[$0]))
        }
    }
}
