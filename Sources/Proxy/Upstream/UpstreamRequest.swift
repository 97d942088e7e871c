import Core
import NIOCore
import Plan
import Wire

/// A request as it goes over the wire to an upstream.
struct UpstreamRequest {
    private(set) var pieces: [ByteBuffer] = []

    /// Bodies up to this size are copied behind the head: one write instead of several.
    private static let copiedBytesMax = 16 * 1024

    init(
        exchange: Exchange, call: Call, provider: Provider, upstream: Upstream, proof: CredentialProof,
        body upstreamBody: UpstreamBody, spanID: SpanID
    ) {
        let body = upstreamBody.edited
        var target =
            call.rawTarget
            ?? provider.path(
                for: upstreamBody.endpoint ?? call.endpoint.kind, model: upstreamBody.model,
                streams: call.streams) ?? "/"
        if call.isSession { target += Self.sessionQuery(exchange, target, provider, upstreamBody.model) }
        var head = ByteBuffer()
        let copied = body.byteCount <= Self.copiedBytesMax ? body.byteCount : 0
        head.reserveCapacity(
            upstream.fixedFields.readableBytes + exchange.request.fields.bytes.readableBytes + copied + 512)
        head.writeString(exchange.request.methodText)
        head.writeStaticString(" ")
        head.writeString(target)
        head.writeStaticString(" HTTP/1.1\r\n")
        head.writeImmutableBuffer(upstream.fixedFields)
        switch proof {
        case .none: break
        case .fields(let fields): head.writeImmutableBuffer(fields)
        case .signature(let signer):
            let fields = signer.fields(
                method: exchange.request.methodText, target: target, host: provider.origin.hostHeader,
                body: body.pieces, unixSeconds: WallClock.unixMicroseconds() / 1_000_000)
            for (name, value) in fields { head.writeField(name, value) }
        }
        let family = call.isPassthrough ? nil : provider.kind.family(of: upstreamBody.model)
        writeForwarded(exchange, call, upstream, isTranslated: upstreamBody.isTranslated, family, &head)
        writeTraceParent(exchange, spanID, &head)
        if call.isSession {
            head.writeImmutableBuffer(call.handshake)
        } else if !call.isPassthrough && call.endpoint.object == nil {
            writeDefaults(exchange, provider, upstream, isTranslated: upstreamBody.isTranslated, family, &head)
        }
        if body.byteCount > 0 || exchange.request.method != .get && exchange.request.method != .head {
            head.writeField("content-length", body.byteCount)
        }
        head.writeStaticString("\r\n")
        if copied > 0 {
            for piece in body.pieces { head.writeImmutableBuffer(piece) }
            pieces = [head]
        } else {
            pieces = [head] + body.pieces.filter { $0.readableBytes > 0 }
        }
    }

    /// The upstream's name of the model, and what else of the client's query says what kind of session is meant.
    /// Anything more ends here.
    private static func sessionQuery(
        _ exchange: Exchange, _ target: String, _ provider: Provider, _ model: String
    ) -> String {
        let others = QueryText.parts(exchange.request.query).filter { $0.name == "intent" }.map(\.text)
        let name = PercentEncoding.encodedUnreserved(provider.deployment(of: model))
        return (target.contains("?") ? "&" : "?") + (["model=\(name)"[...]] + others).joined(separator: "&")
    }

    /// The client's fields that pass, as they came. What the configuration sets is not the client's to change.
    private func writeForwarded(
        _ exchange: Exchange, _ call: Call, _ upstream: Upstream, isTranslated: Bool, _ family: ModelFamily?,
        _ head: inout ByteBuffer
    ) {
        let fields = exchange.request.fields
        for line in fields.lines {
            let passes = call.isPassthrough ? !HeaderRules.endsHere(line.name) : HeaderRules.passesUpstream(line.name)
            // Without a well-formed parent, a state belongs to no trace (W3C Trace Context, section 3.2).
            if line.name == .tracestate && exchange.record.parentSpanID == nil { continue }
            if isTranslated && HeaderRules.isOfOneDialect(line.name) { continue }
            guard passes, !upstream.configures(line, of: fields), !fields.isNamedByConnection(line) else {
                continue
            }
            if line.name == .anthropicBeta, let family, family.betas != nil {
                let taken = family.sorted(betas: fields.text(line.valuePlace)).taken
                if !taken.isEmpty { head.writeField("anthropic-beta", taken.joined(separator: ",")) }
            } else {
                head.writeLine(line, of: fields)
            }
        }
    }

    /// The upstream's parent is its attempt.
    private func writeTraceParent(_ exchange: Exchange, _ span: SpanID, _ head: inout ByteBuffer) {
        let parent = TraceParent(trace: exchange.record.traceID, span: span, flags: exchange.traceFlags)
        head.writeStaticString("traceparent: ")
        parent.withCharacters { _ = head.writeBytes($0) }
        head.writeStaticString("\r\n")
    }

    private func writeDefaults(
        _ exchange: Exchange, _ provider: Provider, _ upstream: Upstream, isTranslated: Bool, _ family: ModelFamily?,
        _ head: inout ByteBuffer
    ) {
        if !exchange.client.hasContentType && !upstream.configuredNames.contains("content-type") {
            head.writeField("content-type", "application/json")
        }
        if !exchange.client.hasUserAgent && !upstream.configuredNames.contains("user-agent") {
            head.writeField("user-agent", "headgate")
        }
        for (name, text, value) in family?.defaultHeaders ?? provider.kind.defaultHeaders
        where !upstream.configuredNames.contains(text) && (isTranslated || !exchange.request.fields.contains(name)) {
            head.writeField(text, value)
        }
    }
}
