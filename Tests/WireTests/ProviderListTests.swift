import Core
import NIOCore
import Testing

@testable import Wire

@Suite struct ProviderListTests {
    @Test func everyKindIsWhole() {
        #expect(Set(ProviderList.all.map(\.name)).count == ProviderList.all.count)
        for kind in ProviderList.all {
            #expect(
                !kind.paths.isEmpty && kind.paths.values.allSatisfy { $0.whole.filled(model: "m").hasPrefix("/") },
                "\(kind.name)")
            if let url = kind.baseURL {
                #expect(url.hasPrefix("https://") || url.hasPrefix("http://127.0.0.1:"), "\(kind.name)")
                #expect(!url.hasSuffix("/"), "\(kind.name)")
            }
            // Whoever is reached in clear text is on this machine and may want no key.
            #expect(kind.needsCredential || kind.environmentKey == nil, "\(kind.name)")
            for (from, to) in kind.renames { #expect(from != to, "\(kind.name)") }
        }
    }

    @Test(arguments: [
        (#"{"model":"m","max_completion_tokens":5}"#, #"{"model":"m","max_tokens":5}"#),
        (#"{"model":"m","max_tokens":5}"#, #"{"model":"m","max_tokens":5}"#),
        (
            #"{"model":"m","max_tokens":5,"max_completion_tokens":6}"#,
            #"{"model":"m","max_tokens":5,"max_completion_tokens":6}"#
        ),
        (#"{"max_completion_tokens" : 5, "model":"m"}"#, #"{"max_tokens" : 5, "model":"m"}"#),
    ])
    func aMemberGoesOutUnderTheProvidersName(_ body: String, _ expected: String) throws {
        let buffer = ByteBuffer(string: body)
        let endpoint = try #require(Endpoints.all.first { $0.kind == .chatCompletions })
        let facts = try RequestFacts(body: buffer, endpoint: endpoint, wantsTags: false)
        var rewriter = RequestRewriter(body: buffer, facts: facts)
        for (from, to) in ProviderKind.mistral.renames { rewriter.rename(from, to: to) }
        #expect(String(buffer: rewriter.finish().joined()) == expected)
    }

    @Test func aDefaultIsWrittenUnderTheProvidersName() throws {
        let buffer = ByteBuffer(string: #"{"model":"m"}"#)
        let endpoint = try #require(Endpoints.all.first { $0.kind == .chatCompletions })
        var rewriter = RequestRewriter(
            body: buffer, facts: try RequestFacts(body: buffer, endpoint: endpoint, wantsTags: false))
        rewriter.setDefault("max_completion_tokens", json: Array("7".utf8))
        for (from, to) in ProviderKind.mistral.renames { rewriter.rename(from, to: to) }
        #expect(String(buffer: rewriter.finish().joined()) == #"{"max_tokens":7,"model":"m"}"#)
    }
}
