import Core
import Plan
import Policy
import Wire

extension Compiler {
    /// The header field that names OpenAI's organization.
    private static let organizationField = "openai-organization"

    /// nil when the provider is not right, which was reported then.
    func provider(_ member: Named<Written<ProviderBlock>>) -> Provider? {
        guard let block = member.value, let named = block[ProviderBlock.kind] else { return nil }
        let kind = having(block, azureKind(named, block))
        checkSettings(of: block, kind: kind)
        let credentials = credentials(of: block, kind: kind)
        let headers = headers(of: block, kind: kind, hasCredential: !credentials.isEmpty)
        let authorities = block.at(ProviderBlock.caFile).flatMap(pem)
        guard let base = base(of: block, kind: kind), let prefix = filled(kind.pathPrefix, block, kind) else {
            return nil
        }
        return Provider(
            name: member.name, kind: kind, origin: base.origin, basePath: base.path, pathPrefix: prefix,
            query: query(of: block, kind: kind), deployments: deployments(of: block), credentials: credentials,
            headers: headers, certificateAuthorities: authorities, proxy: proxy(of: block, origin: base.origin),
            connectionsMax: block[ProviderBlock.connectionsMax] ?? ConfigLimits.providerConnectionsDefault,
            streamUsage: block[ProviderBlock.streamUsage] ?? (kind.takesStreamOptions ? .ask : .never),
            region: block[ProviderBlock.region] ?? "default",
            passthrough: block[ProviderBlock.passthrough] ?? false,
            timeouts: block[ProviderBlock.timeouts]?.overrides ?? TimeoutOverrides(),
            retries: block[ProviderBlock.retries]?.overrides ?? RetryOverrides(),
            recordLevel: block[ProviderBlock.record])
    }

    /// A kind whose server has other endpoints than most of its kind.
    private func having(_ block: Written<ProviderBlock>, _ kind: ProviderKind) -> ProviderKind {
        guard let endpoints = block[ProviderBlock.endpoints] else { return kind }
        guard kind.dialect == .openAI, kind.baseURLEnding == .asWritten else {
            errors.add(
                block.place(of: ProviderBlock.endpoints),
                "the kind \(kind.name) has its own endpoints; this key is for those that speak OpenAI's dialect")
            return kind
        }
        return kind.having(Set(endpoints.map(\.value)))
    }

    private func base(of block: Written<ProviderBlock>, kind: ProviderKind) -> BaseURL? {
        if var base = block[ProviderBlock.baseURL] {
            let versions = kind.dialect == .gemini ? ["/v1", "/v1beta"] : ["/v1"]
            if kind.baseURLEnding == .origin, let version = versions.first(where: { base.path.hasSuffix($0) }) {
                base.path = String(base.path.dropLast(version.count))
            }
            return base
        }
        if block.contains(ProviderBlock.baseURL) { return nil }
        if kind.name == ProviderKind.simulator.name { return BaseURL(origin: simulatorOrigin, path: "") }
        guard let text = kind.baseURL else {
            errors.add(block.place, "missing key 'base_url': the kind \(kind.name) has no address of its own")
            return nil
        }
        return filled(text, block, kind).flatMap { try? URLText.baseURL($0) }
    }

    private func credentials(of block: Written<ProviderBlock>, kind: ProviderKind) -> [Provider.Credential] {
        if block.contains(ProviderBlock.apiKey), block.contains(ProviderBlock.apiKeys) {
            errors.add(block.place(of: ProviderBlock.apiKeys), "'api_key' and 'api_keys' exclude each other")
            return []
        }
        if let credential = cloudCredential(of: block, kind: kind) { return credential.map { [$0] } ?? [] }
        if let keys = block[ProviderBlock.apiKeys] {
            return keys.compactMap { item in
                guard let key = item.value.at(CredentialBlock.key), isCredential(key) else { return nil }
                return Provider.Credential(secret: key.value, weight: item.value[CredentialBlock.weight] ?? 1)
            }
        }
        if let key = block.at(ProviderBlock.apiKey) {
            // An empty key is how a variable that may be unset says that a server wants none.
            if key.value.isEmpty, !kind.needsCredential { return [] }
            return isCredential(key) ? [Provider.Credential(secret: key.value)] : []
        }
        if kind.needsCredential, !block.contains(ProviderBlock.apiKey), !block.contains(ProviderBlock.apiKeys) {
            let others = [ProviderSetting.entra, .serviceAccountFile, .accessKeyID].filter(kind.settings.contains)
            let hint = others.map { " or '\($0.rawValue)'" }.joined()
            let what = others.isEmpty ? "key" : "credential"
            errors.add(block.place, "missing key 'api_key'\(hint): the kind \(kind.name) needs a \(what)")
        }
        return []
    }

    private func isCredential(_ key: At<Secret>) -> Bool {
        guard !key.value.isEmpty else {
            errors.add(key.place, "the key is empty")
            return false
        }
        guard HeaderText.isValue(key.value.reveal()) else {
            errors.add(
                key.place,
                "the key holds a line break or another character that cannot be sent, or begins or ends with a space")
            return false
        }
        return true
    }

    private func headers(
        of block: Written<ProviderBlock>, kind: ProviderKind, hasCredential: Bool
    ) -> [(name: String, value: String)] {
        let credentialFields = kind.credential.fieldNames
        var headers: [(name: String, value: String)] = []
        for member in block[ProviderBlock.headers] ?? [] {
            let name = member.name.lowercased()
            if credentialFields.contains(name), hasCredential || kind.needsCredential {
                errors.add(member.place, "the field '\(name)' carries the key; write it as 'api_key'")
            }
            if headers.contains(where: { $0.name == name }) {
                errors.add(member.place, "the field '\(name)' is written twice")
            }
            if let value = member.value { headers.append((name, value)) }
        }
        guard let organization = block.at(ProviderBlock.organization) else { return headers }
        if kind.dialect != .openAI || headers.contains(where: { $0.name == Compiler.organizationField }) {
            errors.add(
                organization.place,
                kind.dialect == .openAI
                    ? "'organization' and the field 'openai-organization' exclude each other"
                    : "the kind \(kind.name) knows no organization")
        }
        if !HeaderText.isValue(organization.value) {
            errors.add(organization.place, "the value of a header field is visible ASCII characters")
        }
        return headers + [(Compiler.organizationField, organization.value)]
    }

    private func proxy(of block: Written<ProviderBlock>, origin: Origin) -> Provider.HTTPProxy? {
        switch block[ProviderBlock.proxy] {
        case .environment:
            do throws(ProxyEnvironment.Problem) {
                return try ProxyEnvironment(environment).proxy(for: origin)
            } catch {
                errors.add(
                    block.place(of: ProviderBlock.proxy),
                    "the environment variable '\(error.variable)' is not right: \(error.message)")
                return nil
            }
        case .proxy(let proxy): return proxy
        case .direct, nil: return nil
        }
    }
}
