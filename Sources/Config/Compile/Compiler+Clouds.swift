import Core
import NIOCore
import Plan
import Wire

/// What the clouds' kinds have beside a key: addresses made of settings, and credentials that sign or are exchanged.
extension Compiler {
    // MARK: Settings

    /// Settings that the kind does not know are reported.
    func checkSettings(of block: Written<ProviderBlock>, kind: ProviderKind) {
        for setting in ProviderSetting.allCases where setting != .region && !kind.settings.contains(setting) {
            guard let place = block.place(written: setting.rawValue) else { continue }
            errors.add(place, "the kind \(kind.name) knows no '\(setting.rawValue)'")
        }
    }

    /// A text with settings' names in braces; nil where one is missing, which was reported then.
    func filled(_ template: String, _ block: Written<ProviderBlock>, _ kind: ProviderKind) -> String? {
        var text = template
        let values: [(ProviderSetting, String?)] = [
            (.region, block.at(ProviderBlock.region)?.value), (.resource, block[ProviderBlock.resource]),
            (.project, block[ProviderBlock.project]), (.location, block[ProviderBlock.location]),
        ]
        for (setting, value) in values where text.contains("{\(setting.rawValue)}") {
            guard let value else {
                errors.add(
                    block.place,
                    "missing key '\(setting.rawValue)': the address of the kind \(kind.name) is made of it")
                return nil
            }
            // Google's global location has no host of its own.
            if setting == .location, value == "global" { text = text.replacing("{location}-", with: "") }
            text = text.replacing("{\(setting.rawValue)}", with: value)
        }
        return text
    }

    // MARK: Azure

    /// A date as version means the API whose paths name deployments.
    func azureKind(_ kind: ProviderKind, _ block: Written<ProviderBlock>) -> ProviderKind {
        guard kind.name == ProviderKind.azure.name, let version = block[ProviderBlock.apiVersion],
            version != "v1", version != "preview"
        else { return kind }
        return .azureDeployments
    }

    func query(of block: Written<ProviderBlock>, kind: ProviderKind) -> String {
        guard kind.settings.contains(.apiVersion), let version = block[ProviderBlock.apiVersion], version != "v1"
        else { return "" }
        return "api-version=\(version)"
    }

    func deployments(of block: Written<ProviderBlock>) -> [String: String] {
        var names: [String: String] = [:]
        for member in block[ProviderBlock.deployments] ?? [] { names[member.name] = member.value }
        return names
    }

    // MARK: Credentials

    /// nil where the block has none of these; nil inside where it is not right, which was reported then.
    func cloudCredential(of block: Written<ProviderBlock>, kind: ProviderKind) -> Provider.Credential?? {
        var found: [(ProviderSetting, Provider.Credential?)] = []
        guard !kind.settings.isEmpty else { return nil }
        if block.contains(ProviderBlock.accessKeyID) || block.contains(ProviderBlock.secretAccessKey) {
            found.append((.accessKeyID, accessKey(of: block)))
        }
        if block.contains(ProviderBlock.entra) { found.append((.entra, entra(of: block))) }
        if let file = block.at(ProviderBlock.serviceAccountFile) {
            found.append((.serviceAccountFile, serviceAccount(file)))
        }
        guard let (setting, credential) = found.first else { return nil }
        if block.contains(ProviderBlock.apiKey) || block.contains(ProviderBlock.apiKeys) {
            errors.add(
                block.place(written: setting.rawValue) ?? block.place,
                "'\(setting.rawValue)' and a key exclude each other: one credential is enough")
        }
        return .some(credential)
    }

    private func accessKey(of block: Written<ProviderBlock>) -> Provider.Credential? {
        guard let id = block[ProviderBlock.accessKeyID], let secret = block[ProviderBlock.secretAccessKey],
            !secret.isEmpty
        else {
            errors.add(block.place, "'access_key_id' and 'secret_access_key' belong together")
            return nil
        }
        guard let region = block.at(ProviderBlock.region)?.value else {
            errors.add(block.place, "missing key 'region': signatures are made for a region")
            return nil
        }
        let token = block[ProviderBlock.sessionToken].flatMap { $0.isEmpty ? nil : $0 }
        let signer = AWSSigner(
            accessKeyID: id, secretAccessKey: secret, sessionToken: token, region: region, service: "bedrock")
        return Provider.Credential(secret: secret, proof: .signature(signer))
    }

    private func entra(of block: Written<ProviderBlock>) -> Provider.Credential? {
        guard let entra = block[ProviderBlock.entra], let tenant = entra[EntraBlock.tenantID],
            let client = entra[EntraBlock.clientID], let secret = entra[EntraBlock.clientSecret]
        else { return nil }
        let authority = entra[EntraBlock.authority].map { "\($0.origin)\($0.path)" }
        let grant = TokenGrant.ClientCredentials(
            clientID: client, clientSecret: secret,
            tokenURL: "\(authority ?? "https://login.microsoftonline.com")/\(tenant)/oauth2/v2.0/token",
            scope: "https://cognitiveservices.azure.com/.default")
        return Provider.Credential(secret: secret, proof: .token(.clientCredentials(grant)))
    }

    /// Google's file has members beside these that are not needed.
    private func serviceAccount(_ file: At<String>) -> Provider.Credential? {
        guard let bytes = try? readFile(file.value) else {
            errors.add(file.place, "the file cannot be read")
            return nil
        }
        let members = bytes.withUnsafeBytes { bytes in
            JSONObjectView(bytes).map { view in
                ["client_email", "private_key", "private_key_id", "token_uri"].map { view.string($0) }
            }
        }
        guard let members, let email = members[0], let key = members[1], key.contains("PRIVATE KEY-----") else {
            errors.add(file.place, "the file is no service account's key: it has no 'client_email' and 'private_key'")
            return nil
        }
        let grant = TokenGrant.ServiceAccount(
            email: email, privateKey: Secret(key), keyID: members[2],
            tokenURL: members[3] ?? "https://oauth2.googleapis.com/token",
            scope: "https://www.googleapis.com/auth/cloud-platform")
        return Provider.Credential(secret: Secret(key), proof: .token(.serviceAccount(grant)))
    }
}
