import Core
import Plan
import Testing
import Wire

@testable import Config

/// Providers whose addresses and credentials are made of settings.
@Suite struct CloudProviderTests {
    private func path(
        _ provider: Provider, _ endpoint: EndpointKind, _ model: String, streams: Bool = false
    ) -> String? {
        provider.path(for: endpoint, model: model, streams: streams)
    }

    @Test func azureIsAResourceAndItsDeployments() throws {
        let azure = try Load.provider("{ kind: azure, resource: res, api_key: k, deployments: { gpt-4o: prod } }")
        #expect(azure.origin.description == "https://res.openai.azure.com")
        #expect(path(azure, .chatCompletions, "gpt-4o") == "/openai/v1/chat/completions")
        #expect(azure.deployments == ["gpt-4o": "prod"])
        #expect(path(azure, .messages, "claude-sonnet-5") == "/anthropic/v1/messages")
        #expect(path(azure, .messages, "gpt-4o") == nil)
    }

    @Test func azuresPreviewIsInTheQuery() throws {
        let azure = try Load.provider("{ kind: azure, resource: res, api_key: k, api_version: preview }")
        #expect(path(azure, .embeddings, "e") == "/openai/v1/embeddings?api-version=preview")
    }

    @Test func azuresOlderVersionsHaveDeploymentsInTheirPaths() throws {
        let azure = try Load.provider(
            "{ kind: azure, resource: res, api_key: k, api_version: 2024-10-21, deployments: { gpt-4o: prod } }")
        #expect(
            path(azure, .chatCompletions, "gpt-4o")
                == "/openai/deployments/prod/chat/completions?api-version=2024-10-21")
        #expect(
            path(azure, .chatCompletions, "own/name")
                == "/openai/deployments/own%2Fname/chat/completions?api-version=2024-10-21")
    }

    @Test func entraIsAGrant() throws {
        let azure = try Load.provider(
            "{ kind: azure, resource: r, entra: { tenant_id: t, client_id: c, client_secret: s } }")
        guard case .token(.clientCredentials(let grant)) = azure.credentials.first?.proof else {
            return #expect(Bool(false))
        }
        #expect(grant.tokenURL == "https://login.microsoftonline.com/t/oauth2/v2.0/token")
        #expect(grant.clientID == "c" && grant.clientSecret.reveal() == "s")
    }

    private static let account = Array(
        #"{"client_email":"a@p.example","private_key":"-----BEGIN PRIVATE KEY-----\nx","private_key_id":"7"}"#.utf8)

    @Test func vertexIsAProjectAndALocation() throws {
        let vertex = try Load.provider(
            "{ kind: vertex, project: p, location: europe-west4, service_account_file: sa.json }",
            files: ["sa.json": Self.account])
        #expect(vertex.origin.description == "https://europe-west4-aiplatform.googleapis.com")
        let claude = "/v1/projects/p/locations/europe-west4/publishers/anthropic/models/claude-x@1"
        #expect(path(vertex, .messages, "claude-x@1") == claude + ":rawPredict")
        #expect(path(vertex, .messages, "claude-x@1", streams: true) == claude + ":streamRawPredict")
        let gemini = "/v1/projects/p/locations/europe-west4/publishers/google/models/gemini-3"
        #expect(path(vertex, .generateContent, "gemini-3") == gemini + ":generateContent")
        #expect(path(vertex, .generateContent, "gemini-3", streams: true) == gemini + ":streamGenerateContent?alt=sse")
        #expect(vertex.kind.serves(.chatCompletions, model: "gemini-3"))
        #expect(
            path(vertex, .chatCompletions, "meta/llama-4")
                == "/v1/projects/p/locations/europe-west4/endpoints/openapi/chat/completions")
        guard case .token(.serviceAccount(let grant)) = vertex.credentials.first?.proof else {
            return #expect(Bool(false))
        }
        #expect(grant.email == "a@p.example" && grant.keyID == "7")
        #expect(grant.tokenURL == "https://oauth2.googleapis.com/token")
    }

    @Test func theGlobalLocationHasNoHostOfItsOwn() throws {
        let vertex = try Load.provider(
            "{ kind: vertex, project: p, location: global, service_account_file: sa.json }",
            files: ["sa.json": Self.account])
        #expect(vertex.origin.description == "https://aiplatform.googleapis.com")
        #expect(path(vertex, .messages, "claude-x")?.hasPrefix("/v1/projects/p/locations/global/publishers") == true)
    }

    @Test func bedrockIsARegion() throws {
        let bedrock = try Load.provider(
            "{ kind: bedrock, region: eu-central-1, access_key_id: A, secret_access_key: s, session_token: \"${T:-}\" }"
        )
        #expect(bedrock.origin.description == "https://bedrock-runtime.eu-central-1.amazonaws.com")
        #expect(path(bedrock, .converse, "a.b:0") == "/model/a.b:0/converse")
        #expect(path(bedrock, .converse, "a.b:0", streams: true) == "/model/a.b:0/converse-stream")
        guard case .signature(let signer) = bedrock.credentials.first?.proof else { return #expect(Bool(false)) }
        #expect(signer.accessKeyID == "A" && signer.region == "eu-central-1" && signer.sessionToken == nil)
        let keyed = try Load.provider("{ kind: bedrock, region: us-east-1, api_key: k }")
        guard case .key = keyed.credentials.first?.proof else { return #expect(Bool(false)) }
    }

    @Test(arguments: [
        (
            "{ kind: azure, api_key: k }",
            "1:18: providers.up: missing key 'resource': the address of the kind azure is made of it"
        ),
        (
            "{ kind: azure, resource: r }",
            "1:18: providers.up: missing key 'api_key' or 'entra': the kind azure needs a credential"
        ),
        (
            "{ kind: bedrock, api_key: k }",
            "1:18: providers.up: missing key 'region': the address of the kind bedrock is made of it"
        ),
        (
            "{ kind: bedrock, region: r, access_key_id: A }",
            "1:18: providers.up: 'access_key_id' and 'secret_access_key' belong together"
        ),
        (
            "{ kind: bedrock, region: r, api_key: k, access_key_id: A, secret_access_key: s }",
            "1:73: providers.up.access_key_id: 'access_key_id' and a key exclude each other: one credential is enough"
        ),
        (
            "{ kind: openai, api_key: k, project: p }",
            "1:55: providers.up.project: the kind openai knows no 'project'"
        ),
        (
            "{ kind: vertex, project: p, location: l, service_account_file: gone.json }",
            "1:81: providers.up.service_account_file: the file cannot be read"
        ),
    ]) func aWrongCloudIsRefused(_ settings: String, _ error: String) {
        #expect(Load.providerErrors(settings) == ["headgate.yaml:" + error])
    }
}
