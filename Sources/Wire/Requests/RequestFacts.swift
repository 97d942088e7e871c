public import Core
public import NIOCore

/// What the gateway must know of a request's body: where the governed members stand, and what they say.
///
/// Read in one pass over the bytes. A governed name written twice is refused: the gateway and the upstream could
/// take different ones.
public struct RequestFacts: Sendable {
    /// The name of the model as the client wrote it.
    public private(set) var model = ""
    public private(set) var modelMember: JSONMember?
    /// The body's `model` may say anything.
    private(set) var isModelInPath = false
    /// Of the model's name in a form; nil: the body is no form.
    public private(set) var formModel: Range<Int>?
    public private(set) var streams = false
    public private(set) var streamOptions: JSONMember?
    /// The client asked for usage in its stream (`stream_options.include_usage`).
    public private(set) var asksForUsage = false
    public private(set) var maxTokens: Int?
    /// Settings stand in Gemini's `generationConfig`, and where that is in the body.
    private(set) var takesGenerationConfig = false
    private(set) var generationConfig: JSONMember?
    /// Every member of the body, in order.
    public private(set) var members: [JSONMember] = []
    /// Tags that the body carries, in the dialect's own words.
    public private(set) var bodyTags: [(name: String, value: String)] = []

    /// - Parameter pathModel: the model, where the path names it.
    public init(
        body: ByteBuffer, endpoint: Endpoint, wantsTags: Bool, pathModel: String? = nil
    ) throws(GatewayError) {
        members.reserveCapacity(16)
        switch endpoint.naming {
        case .path(let streams):
            self.streams = streams
            model = pathModel ?? ""
        case .pathAndBody:
            model = pathModel ?? ""
            isModelInPath = true
        case .bodyOrDefault(let name): model = name
        case .body, .form, .query: break
        }
        let bytes = body.readableBytesView
        let failure: GatewayError? = bytes.withUnsafeBytes { bytes in
            do throws(GatewayError) {
                try read(bytes, endpoint: endpoint, wantsTags: wantsTags)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    /// Of a request without a body, whose query names the model.
    public init(model: String) { self.model = model }

    /// Of a form, in which a field has the model's name. It is passed on as it came but for that name.
    public init(form: MultipartForm, body: ByteBuffer) throws(GatewayError) {
        guard let field = form.fields.first(where: { $0.name == "model" && !$0.isFile }),
            let text = try form.text("model", in: body), (1...Limits.modelNameBytesMax).contains(text.utf8.count)
        else { throw GatewayError(.invalidRequest, "The form has no field 'model'.", parameter: "model") }
        model = text
        formModel = field.range
        streams = try form.text("stream", in: body) == "true"
    }

    /// The places of the members of this name, as the configuration's `defaults` and `force` need them.
    public func members(named name: String, in body: ByteBuffer) -> [JSONMember] {
        body.withUnsafeReadableBytes { bytes in
            members.filter { member in
                let key = UnsafeRawBufferPointer(rebasing: bytes[member.keyStart..<member.keyEnd])
                return member.keyIsEscaped ? JSONText.unescaped(key) == name : name.utf8.elementsEqual(key)
            }
        }
    }

    // MARK: Reading

    private enum Governed: UInt16, CaseIterable {
        case model, stream, user, metadata, n, streamOptions, maxTokens, maxCompletionTokens, safetyIdentifier
        case maxOutputTokens

        var name: StaticString {
            switch self {
            case .model: "model"
            case .stream: "stream"
            case .user: "user"
            case .metadata: "metadata"
            case .n: "n"
            case .streamOptions: "stream_options"
            case .maxTokens: "max_tokens"
            case .maxCompletionTokens: "max_completion_tokens"
            case .safetyIdentifier: "safety_identifier"
            case .maxOutputTokens: "max_output_tokens"
            }
        }
    }

    private mutating func read(
        _ bytes: UnsafeRawBufferPointer, endpoint: Endpoint, wantsTags: Bool
    ) throws(GatewayError) {
        let kind: JSONKind
        do throws(JSONError) {
            kind = try JSONScanner.scan(bytes, members: &members)
        } catch {
            throw RequestFacts.refusal(error, bytes)
        }
        guard kind == .object else { throw GatewayError(.invalidRequest, "The body must be a JSON object.") }
        var seen: UInt16 = 0
        for member in members {
            guard let governed = RequestFacts.governed(member, bytes) else { continue }
            let bit: UInt16 = 1 << governed.rawValue
            guard seen & bit == 0 else {
                throw GatewayError(
                    .invalidRequest,
                    "The body has the member '\(governed.name)' twice (again at byte \(member.keyStart)). "
                        + "Send it once.", parameter: governed.name.description)
            }
            seen |= bit
            try take(governed, member, bytes, endpoint: endpoint, wantsTags: wantsTags)
        }
        if endpoint.kind == .generateContent { try takeGenerationConfig(bytes) }
        if case .body = endpoint.naming, modelMember == nil {
            throw GatewayError(.invalidRequest, "The body has no 'model'.", parameter: "model")
        }
    }

    private mutating func take(
        _ governed: Governed, _ member: JSONMember, _ bytes: UnsafeRawBufferPointer, endpoint: Endpoint, wantsTags: Bool
    ) throws(GatewayError) {
        let value = UnsafeRawBufferPointer(rebasing: bytes[member.valueRange])
        switch governed {
        case .model:
            if case .path = endpoint.naming { return }
            if case .pathAndBody = endpoint.naming {
                modelMember = member
                return
            }
            guard member.kind == .string, value.count > 2, value.count <= Limits.modelNameBytesMax + 2 else {
                throw GatewayError(
                    .invalidRequest,
                    "'model' must be a string of 1 to \(Limits.modelNameBytesMax) bytes.", parameter: "model")
            }
            model = JSONText.string(value)
            modelMember = member
        case .stream:
            if case .path = endpoint.naming { return }
            switch member.kind {
            case .yes: streams = endpoint.kind.mayStream
            case .no, .null: streams = false
            default: throw GatewayError(.invalidRequest, "'stream' must be true or false.", parameter: "stream")
            }
        case .streamOptions:
            streamOptions = member
            if let options = JSONObjectView(value) {
                guard options.members.count(where: { options.isNamed($0, "include_usage") }) < 2 else {
                    throw GatewayError(
                        .invalidRequest, "'stream_options' has the member 'include_usage' twice. Send it once.",
                        parameter: "stream_options")
                }
                asksForUsage = options.member("include_usage")?.kind == .yes
            } else if member.kind != .null {
                throw GatewayError(
                    .invalidRequest, "'stream_options' must be an object.", parameter: "stream_options")
            }
        case .maxTokens, .maxCompletionTokens, .maxOutputTokens:
            // Each endpoint has its own name for it; another one's means nothing there.
            guard (governed == .maxOutputTokens) == (endpoint.kind == .responses) else { break }
            // Two names for it: whichever counts upstream, no more than the larger is used.
            if member.kind == .number, let limit = JSONText.integer(value) {
                maxTokens = max(maxTokens ?? limit, limit)
            }
        case .user where wantsTags && member.kind == .string,
            .safetyIdentifier where wantsTags && member.kind == .string:
            bodyTags.append((name: "user", value: JSONText.string(value)))
        case .metadata where wantsTags && member.kind == .object:
            takeMetadata(value, dialect: endpoint.dialect)
        case .user, .safetyIdentifier, .metadata, .n:
            break
        }
    }

    private mutating func takeGenerationConfig(_ bytes: UnsafeRawBufferPointer) throws(GatewayError) {
        takesGenerationConfig = true
        let places = members.filter { bytes.isProtoNamed($0, "generationConfig") }
        guard places.count < 2 else {
            throw GatewayError(
                .invalidRequest, "The body has the member 'generationConfig' twice. Send it once.",
                parameter: "generationConfig")
        }
        generationConfig = places.first
        guard let member = generationConfig, let config = JSONObjectView(bytes.value(member)),
            let limit = config.members.last(where: { config.bytes.isProtoNamed($0, "maxOutputTokens") })
        else { return }
        maxTokens = limit.kind == .number ? JSONText.integer(config.value(limit)) : nil
    }

    private mutating func takeMetadata(_ value: UnsafeRawBufferPointer, dialect: Dialect) {
        guard let metadata = JSONObjectView(value) else { return }
        switch dialect {
        case .anthropic:
            if let user = metadata.string("user_id") { bodyTags.append((name: "user", value: user)) }
        case .openAI:
            for member in metadata.members where member.kind == .string {
                bodyTags.append(
                    (name: metadata.key(member).lowercased(), value: JSONText.string(metadata.value(member))))
            }
        case .gemini: break
        }
    }

    private static func governed(_ member: JSONMember, _ bytes: UnsafeRawBufferPointer) -> Governed? {
        let key = UnsafeRawBufferPointer(rebasing: bytes[member.keyStart..<member.keyEnd])
        if member.keyIsEscaped {
            let name = JSONText.unescaped(key)
            return Governed.allCases.first { $0.name.description == name }
        }
        guard let candidate = governed(ofLength: key.count, key.first) else { return nil }
        let name = UnsafeBufferPointer(start: candidate.name.utf8Start, count: candidate.name.utf8CodeUnitCount)
        return key.elementsEqual(name) ? candidate : nil
    }

    /// The length and where it must be the first letter tell most names of a body apart.
    private static func governed(ofLength length: Int, _ first: UInt8?) -> Governed? {
        switch length {
        case 1: .n
        case 4: .user
        case 5: .model
        case 6: .stream
        case 8: .metadata
        case 10: .maxTokens
        case 14: .streamOptions
        case 17: first == UInt8(ascii: "m") ? .maxOutputTokens : .safetyIdentifier
        case 21: .maxCompletionTokens
        default: nil
        }
    }

    /// Where and why the body is not JSON, for a person.
    private static func refusal(_ error: JSONError, _ bytes: UnsafeRawBufferPointer) -> GatewayError {
        if bytes.isEmpty { return GatewayError(.invalidRequest, "The body is empty; a JSON object is expected.") }
        var line = 1
        var column = 1
        for byte in bytes.prefix(error.offset) {
            if byte == 0x0A {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        return GatewayError(
            .invalidRequest, "The body is not valid JSON: \(error.reason.rawValue) at line \(line), column \(column).")
    }
}
