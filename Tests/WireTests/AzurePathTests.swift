import NIOCore
import Testing

@testable import Wire

/// Azure's clients name the model in the path; what the body says of it, if anything, is replaced.
@Suite struct AzurePathTests {
    private func endpoint(_ path: String) throws -> (Endpoint, String) {
        let match = Array(path.utf8).withUnsafeBytes { Endpoints.match(method: .post, path: $0) }
        guard case .found(let endpoint, let rest) = match else { throw NotFound() }
        return (endpoint, rest)
    }

    private struct NotFound: Error {}

    @Test(arguments: [
        ("chat/completions", EndpointKind.chatCompletions), ("completions", .completions), ("embeddings", .embeddings),
    ])
    func deploymentsAreModels(_ path: String, _ kind: EndpointKind) throws {
        let (endpoint, rest) = try endpoint("/openai/deployments/a%2Fb/\(path)")
        #expect(endpoint.kind == kind && rest == "a%2Fb")
        #expect(try self.endpoint("/openai/deployments/a/b/\(path)").1 == "a/b")
    }

    @Test(arguments: [
        (#"{"stream":true}"#, true, #"{"model":"up","stream":true}"#),
        (#"{"model":"other","a":1}"#, false, #"{"model":"up","a":1}"#),
        (#"{"model":"up","a":1}"#, false, #"{"model":"up","a":1}"#),
        (#"{"model":null,"a":1}"#, false, #"{"model":"up","a":1}"#),
    ])
    func theBodyIsToldTheModel(_ body: String, _ streams: Bool, _ expected: String) throws {
        let buffer = ByteBuffer(string: body)
        for name in ["up", "mine"] {
            let facts = try RequestFacts(
                body: buffer, endpoint: try endpoint("/openai/deployments/m/chat/completions").0, wantsTags: false,
                pathModel: name)
            #expect(facts.model == name && facts.streams == streams)
            var rewriter = RequestRewriter(body: buffer, facts: facts)
            rewriter.setModel("up")
            #expect(String(buffer: rewriter.finish().joined()) == expected)
        }
    }
}
