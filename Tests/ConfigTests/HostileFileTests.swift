import Core
import Plan
import Testing

@testable import Config

/// Files that are broken, huge or malicious are refused in time; nothing traps.
@Suite struct HostileFileTests {
    private static let environment = ["KEY": "sk", "TOKEN": "0123456789abcdef"]

    /// Small, because it is read thousands of times, with every kind of value in it.
    static let seed = """
        listen: "[::1]:80"
        server: {threads: auto, body_max: 1MiB, cors: [http://a.b]}
        on_disconnect: {drain: 9s}
        providers:
          a: &a {kind: openai, api_key: "${KEY}", base_url: https://h/v1, proxy: "http://u:p@h:1", headers: {x: y}}
          'b': {kind: simulator}
        models:
          "a/*": {targets: [{provider: a, model: "*"}], force: {t: [1, 0.5, ~, true, {x: "é"}]}}
        keys:
        - {name: k, token: "${TOKEN}", models: ["a/*"], tags: {t: v}, expires: 2027-01-01}

        """

    private func read(_ bytes: some Sequence<UInt8>) {
        _ = Load.errors(String(decoding: Array(bytes), as: UTF8.self), environment: Self.environment)
    }

    @Test func theSeedIsValid() {
        #expect(Load.errors(Self.seed, environment: Self.environment) == [])
    }

    @Test func aFileCutAnywhereIsReadOrRefused() {
        let bytes = Array(Self.seed.utf8)
        for end in bytes.indices {
            read(bytes[..<end])
            read(bytes[end...])
        }
    }

    @Test(arguments: Array("{]:#&*!\"\n\t$".utf8) + [0xC3])
    func aFileWithAByteChangedAnywhereIsReadOrRefused(_ byte: UInt8) {
        var bytes = Array(Self.seed.utf8)
        for place in bytes.indices {
            let before = bytes[place]
            bytes[place] = byte
            read(bytes)
            bytes[place] = before
        }
    }

    @Test func aFileWithAPieceGoneOrTwiceIsReadOrRefused() {
        let bytes = Array(Self.seed.utf8)
        for place in bytes.indices {
            let piece = place..<min(place + 1 + place % 23, bytes.count)
            read(bytes[..<place] + bytes[piece.upperBound...])
            read(bytes[..<piece.upperBound] + bytes[place...])
        }
    }

    @Test func randomBytesAreRefused() {
        var random = RandomSource(seed: 7)
        let alphabet = Array("{}[],:#&*!|>'\"%@\\\n\t -?~$abc01".utf8)
        for round in 0..<2000 {
            let count = Int(random.next() % 80)
            read(
                (0..<count).map { _ in
                    round % 2 == 0 ? alphabet[Int(random.next() % UInt64(alphabet.count))] : UInt8(random.next() % 256)
                })
        }
    }

    @Test func aFileOverTheLimitIsRefused() {
        let text = String(repeating: "#", count: ConfigLimits.fileBytesMax + 1)
        #expect(Load.errors(text) == ["headgate.yaml:1:1: the file is larger than 4 MiB"])
    }

    @Test(arguments: ["[", "{", "{a: ", "- ", "? ", "\"", "!!str ", "&a ", "a: &a [*a", "|", "$", "${"])
    func deepNestingIsRefused(_ piece: String) {
        #expect(!Load.errors(String(repeating: piece, count: 20_000)).isEmpty)
        #expect(!Load.errors(Small.file + "data_dir: " + String(repeating: piece, count: 20_000)).isEmpty)
    }

    /// Each name stands for ten of the one before.
    private static func bomb(of item: String, levels: Int, aliasesOnly: String = "") -> String {
        var text = "a0: &a0 \(aliasesOnly)[\(item)]\n"
        for level in 1...levels {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) \(aliasesOnly.replacing("a0", with: "a\(level)"))[\(aliases)]\n"
        }
        return text
    }

    @Test func anAliasBombIsRefused() {
        let text = Self.bomb(of: "x", levels: 12) + Small.file
        #expect(Load.errors(text) == ["headgate.yaml:1:1: the file's aliases expand to more than 16 MiB"])
    }

    /// A comment that looks like an alias makes the estimate of the expansion too small.
    @Test func anAliasBombInDisguiseIsRefused() {
        let bomb = Self.bomb(of: "[]", levels: 12, aliasesOnly: "#*a0\n  ")
        let text = bomb + Small.file.replacing("targets:", with: "force: { a: *a12 }, targets:")
        let errors = Load.errors(text)
        #expect(errors.contains { $0.hasSuffix("the file's aliases expand to more than 300000 values") }, "\(errors)")
    }

    @Test func aliasesInMeasureAreRead() throws {
        let text = """
            providers: { a: &one { kind: simulator, timeouts: &two { total: 5s } }, b: *one }
            timeouts: *two
            models: { m: { targets: &three [ { provider: a } ] }, n: { targets: *three, timeouts: *two } }

            """
        let snapshot = try Load.configuration(text).snapshot
        #expect(snapshot.timeouts.total == .seconds(5))
        #expect(snapshot.providers.map(\.timeouts.total) == [.seconds(5), .seconds(5)])
        #expect(snapshot.routes.routes[1].timeouts.total == .seconds(5))
    }

    @Test func variablesCannotMakeAFileHuge() {
        let references = String(repeating: "${BIG}", count: 40)
        let errors = Load.errors(
            Small.file + "data_dir: \"\(references)\"\n",
            environment: ["BIG": String(repeating: "x", count: 1 << 20)])
        #expect(errors == ["headgate.yaml:3:11: data_dir: the file with its variables is larger than 16 MiB"])
    }

    @Test func manyMistakesTakeNoLongerThanAHundred() {
        let models = (0..<800).map { "  model-\($0): { targets: [ { provider: provider-\($0) } ] }\n" }.joined()
        let providers = (0..<800).map { "  provder-\($0): { kind: simulator }\n" }.joined()
        let errors = Load.errors("providers:\n\(providers)models:\n\(models)")
        #expect(errors.count == ConfigLimits.errorsMax + 1)
        #expect(errors.last == "... and 700 more")
    }
}
