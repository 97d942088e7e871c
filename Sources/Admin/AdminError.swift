import Core
import Hummingbird
import NIOCore
import Wire

/// An error of the admin API: JSON with a code and a sentence.
struct AdminError: Error, HTTPResponseError {
    let status: HTTPResponse.Status
    let code: String
    let message: String

    static func invalid(_ message: String) -> AdminError {
        AdminError(status: .badRequest, code: "invalid_request", message: message)
    }

    static func notFound(_ what: String) -> AdminError {
        AdminError(status: .notFound, code: "not_found", message: "There is no \(what).")
    }

    static let unauthorized = AdminError(
        status: .unauthorized, code: "invalid_token",
        message: "Send an admin token as 'authorization: Bearer TOKEN'; the server showed one at its first start.")

    static func forbidden(_ role: AdminRole) -> AdminError {
        AdminError(
            status: .forbidden, code: "permission_denied", message: "This needs a token of the role '\(role.rawValue)'."
        )
    }

    init(status: HTTPResponse.Status, code: String, message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    init(_ error: StoreError) {
        switch error {
        case .exists: self.init(status: .conflict, code: "exists", message: error.explanation)
        case .notFound: self.init(status: .notFound, code: "not_found", message: error.explanation)
        case .invalid: self.init(status: .badRequest, code: "invalid_request", message: error.explanation)
        case .refused: self.init(status: .internalServerError, code: "refused", message: error.explanation)
        case .unavailable: self.init(status: .serviceUnavailable, code: "unavailable", message: error.explanation)
        }
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("error")
        writer.beginObject()
        writer.member("code", code)
        writer.member("message", message)
        writer.endObject()
        writer.endObject()
        var response = Response.json(writer.buffer, status: status)
        if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }
}

extension Response {
    static func json(_ body: ByteBuffer, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: "application/json", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody(byteBuffer: body))
    }
}
