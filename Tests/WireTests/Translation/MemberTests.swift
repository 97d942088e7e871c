import Foundation
import NIOCore
import Testing

@testable import Wire

/// No member of a request vanishes: before every format of a provider it changes what is sent, or is told, or is
/// refused by its name, or its table says that it needs no word.
@Suite struct MemberTests {
    private enum Outcome: Equatable {
        case sent(Value, dropped: [String])
        case refused(member: String)
    }

    private static func outcome(
        _ body: Value, _ client: ChatFormat, _ provider: ChatFormat, _ mode: TranslationLosses.Mode
    ) throws -> Outcome {
        do {
            let made = try ChatTranslation.pair(client, provider).request(
                ByteBuffer(string: try body.json), model: "claude-up", asksForUsage: true, mode)
            let sent = try JSONDecoder().decode(Value.self, from: Data(made.body.readableBytesView))
            return .sent(sent, dropped: made.dropped)
        } catch let error as TranslationError {
            return .refused(member: error.member)
        }
    }

    @Test(arguments: GoldenTests.clients) func noneVanishes(_ client: ChatFormat) throws {
        let table = try MemberTable(client.rawValue)
        var silent: Set<String> = []
        for provider in ChatFormat.allCases where provider != client {
            guard case .sent(let plain, let always) = try Self.outcome(table.body, client, provider, .lenient) else {
                Issue.record("\(provider) refuses the table's own body")
                continue
            }
            for member in table.members {
                let body = table.body(with: member)
                let named = member.named ?? member.name
                switch try Self.outcome(body, client, provider, .lenient) {
                case .refused(let refused):
                    #expect(refused.contains(named), "\(member.at) to \(provider): refused as '\(refused)'")
                case .sent(let sent, let dropped) where dropped != always:
                    #expect(member.silent != true, "\(member.at) to \(provider): told as \(dropped)")
                    #expect(
                        dropped.contains { $0.contains(named) }, "\(member.at) to \(provider): told as \(dropped)")
                    let strict = try Self.outcome(body, client, provider, .strict)
                    guard case .refused = strict else {
                        Issue.record("\(member.at) to \(provider) is left out where nothing may be: \(sent)")
                        continue
                    }
                case .sent(let sent, _):
                    #expect(sent != plain || member.silent == true, "\(member.at) vanishes before \(provider)")
                    if sent == plain { silent.insert(member.at) }
                }
            }
        }
        for member in table.members where member.silent == true {
            #expect(silent.contains(member.at), "\(member.at) vanishes nowhere")
        }
    }

    /// A person finds the members that need no word, and why, in the documents.
    @Test func silentMembersAreDocumented() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appendingPathComponent("docs/translation.md"), encoding: .utf8)
        for member in SilentMembers.all {
            let (name, reason) = (member.name, member.reason)
            #expect(page.contains("| `\(name)` | \(reason) |") || page.contains("| \(name) | \(reason) |"), "\(name)")
        }
    }
}
