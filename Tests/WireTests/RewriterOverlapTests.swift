import Core
import NIOCore
import Testing

@testable import Wire

/// The gateway's few changes to a body: the rest stays as it came.
@Suite struct RewriterOverlapTests {
    private func rewrite(
        _ body: String, _ changes: (inout RequestRewriter) -> Void
    ) throws -> String {
        let endpoint = try #require(Endpoints.all.first { $0.kind == .chatCompletions })
        let buffer = ByteBuffer(string: body)
        let facts = try RequestFacts(body: buffer, endpoint: endpoint, wantsTags: false)
        var rewriter = RequestRewriter(body: buffer, facts: facts)
        changes(&rewriter)
        return rewriter.finish().pieces.map { String(buffer: $0) }.joined()
    }

    private func json(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func aForcedMemberAndAQuestionAboutItAreOneEdit() throws {
        let forced = json(#"{ "include_usage": false, "x": 1 }"#)
        let sent = try rewrite(#"{"model":"m","stream":true,"stream_options":{}}"#) {
            $0.force("stream_options", json: forced)
            #expect(!$0.asksForUsage)
            $0.askForUsage()
            #expect($0.asksForUsage)
        }
        #expect(sent == #"{"model":"m","stream":true,"stream_options":{ "include_usage": true, "x": 1 }}"#)
        let added = try rewrite(#"{"model":"m","stream":true}"#) {
            $0.setDefault("stream_options", json: forced)
            $0.askForUsage()
        }
        #expect(added == #"{"stream_options":{ "include_usage": true, "x": 1 },"model":"m","stream":true}"#)
    }

    @Test func whatTheConfigurationAsksForIsNotTheGatewaysOwnQuestion() throws {
        _ = try rewrite(#"{"model":"m","stream":true}"#) {
            $0.force("stream_options", json: json(#"{"include_usage":true}"#))
            #expect($0.asksForUsage)
        }
    }

    @Test func aDefaultYieldsToTheClientAndToEitherNameOfTheLimit() throws {
        let body = #"{"model":"m","max_completion_tokens":5,"temperature":1}"#
        let sent = try rewrite(body) {
            $0.setDefault("max_tokens", json: json("9"))
            $0.setDefault("temperature", json: json("0"))
            $0.setDefault("top_p", json: json("0.5"))
        }
        #expect(sent == #"{"top_p":0.5,"model":"m","max_completion_tokens":5,"temperature":1}"#)
    }

    @Test func changesToTheSameMemberNeverOverlap() throws {
        let sent = try rewrite(#"{"model":"m","a":1,"a":2}"#) {
            $0.setModel("real")
            $0.force("a", json: json("3"))
            $0.force("a", json: json("4"))
        }
        #expect(sent == #"{"model":"real","a":4,"a":4}"#)
        let overlapping = [
            BodyEdit(range: 0..<4, replacement: ByteBuffer(string: "x")),
            BodyEdit(range: 2..<6, replacement: ByteBuffer(string: "y")),
        ]
        let edited = EditedBody(ByteBuffer(string: "abcdefgh"), edits: overlapping)
        #expect(edited.pieces.map { String(buffer: $0) }.joined() == "xefgh" && edited.byteCount == 5)
    }
}
