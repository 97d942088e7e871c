extension ProviderKind {
    /// Amazon Bedrock's runtime by its API reference: models of all makers through Converse. Its credential is a
    /// Bedrock API key, or an access key that signs each request.
    public static let bedrock = ProviderKind(
        name: "bedrock",
        dialect: .openAI,
        baseURL: "https://bedrock-runtime.{region}.amazonaws.com",
        baseURLEnding: .asWritten,
        environmentKey: nil,
        settings: [.region, .accessKeyID, .secretAccessKey, .sessionToken],
        credential: .bearer,
        needsCredential: true,
        paths: [.converse: UpstreamPath("/model/{model}/converse", stream: "/model/{model}/converse-stream")]
    )
}
