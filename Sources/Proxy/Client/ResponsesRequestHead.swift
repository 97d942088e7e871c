import NIOCore
import Wire

/// The head of the request that a turn on a socket becomes: the handshake's own fields, so that each turn is judged by
/// the key, the tags and the wishes that the connection was opened with.
struct ResponsesRequestHead {
    private var fields: ByteBuffer

    init(ofHandshake request: RequestHead) {
        fields = ByteBuffer(string: "POST /v1/responses")
        if let query = request.query { fields.writeString("?\(query)") }
        fields.writeStaticString(" HTTP/1.1\r\n")
        for line in request.fields.lines where Self.isOfEachTurn(line, request.fields) {
            fields.writeLine(line, of: request.fields)
        }
        for line in request.fields.lines where line.name == .openAIBeta {
            let betas = request.fields.text(line.valuePlace).split(separator: ",")
                .map { String($0.trimmingPrefix { $0 == " " }) }
                .filter { !$0.hasPrefix("responses_websockets=") }
            if !betas.isEmpty { fields.writeField("openai-beta", betas.joined(separator: ", ")) }
        }
    }

    /// - Parameter bodyBytes: of the body that is to follow.
    func head(bodyBytes: Int) -> ByteBuffer {
        var head = fields
        head.writeStaticString("content-type: application/json\r\n")
        head.writeField("content-length", bodyBytes)
        head.writeStaticString("\r\n")
        return head
    }

    /// What concerns the handshake alone ends with it; so does what would make all turns one call.
    private static func isOfEachTurn(_ line: HeaderFields.Line, _ fields: HeaderFields) -> Bool {
        switch line.name {
        case .secFamily, .contentType, .contentLength, .contentEncoding, .expect, .idempotencyKey, .lastEventID,
            .openAIBeta:
            false
        case .headgateFamily: fields.lowercasedName(line) != "x-headgate-resumable"
        default: !HeaderRules.isHopByHop(line.name) && !fields.isNamedByConnection(line)
        }
    }
}
