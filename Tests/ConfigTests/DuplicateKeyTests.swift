import Testing

@testable import Config

/// A key that is written twice: the second one is told, with the line of the first.
@Suite struct DuplicateKeyTests {
    private func message(_ place: String, _ name: String, firstInLine line: Int) -> String {
        "headgate.yaml:\(place): the key '\(name)' is written twice in one mapping, first in line \(line)"
    }

    @Test func inABlock() {
        #expect(
            Load.errors(Small.file + "auth: keys\n# auth: x\n\nauth: none\n") == [
                message("6:1", "auth", firstInLine: 3)
            ])
    }

    @Test func inBraces() {
        #expect(
            Load.errors(Small.file + "server: { threads: 1, threads: 2 }\n") == [
                message("3:23", "threads", firstInLine: 3)
            ])
    }

    @Test func inBracesOverSeveralLines() {
        let text = Small.file + "server: { threads: 1, cors: [ \"http://threads\" ],\n   threads: 2 }\n"
        #expect(Load.errors(text) == [message("4:4", "threads", firstInLine: 3)])
    }

    @Test func inDifferentQuotes() {
        #expect(Load.errors(Small.file + "auth: keys\n\"auth\": none\n") == [message("4:1", "auth", firstInLine: 3)])
        #expect(Load.errors(Small.file + "'auth': keys\nauth: none\n") == [message("4:1", "auth", firstInLine: 3)])
    }

    @Test func withCarriageReturns() {
        let text = (Small.file + "auth: keys\nauth: none\n").replacing("\n", with: "\r\n")
        #expect(Load.errors(text) == [message("4:1", "auth", firstInLine: 3)])
    }

    @Test func moreThanTwiceAndBesideOtherErrors() {
        let text = Small.file + "auth: keys\nauth: none\nauth: off\nlisten: x\n"
        let errors = Load.errors(text)
        #expect(errors.count == 3)
        #expect(errors.contains(message("4:1", "auth", firstInLine: 3)))
        #expect(errors.contains(message("5:1", "auth", firstInLine: 3)))
        #expect(errors[2].hasPrefix("headgate.yaml:6:9: listen: expected an address"))
    }

    @Test func theSameKeyOfAnotherMappingIsNone() {
        let text = """
            providers:
              a: { kind: simulator, region: eu }
              b: { kind: simulator, region: eu }
            models:
              a:
                targets:
                - provider: a
                  region: eu
                - provider: b
                  region: eu

            """
        #expect(Load.errors(text).isEmpty)
    }

    @Test func twoModelsOrFieldsOfOneName() {
        let text = Small.file.replacing("models: {", with: "models: { fast: { targets: [ { provider: demo } ] },")
        #expect(Load.errors(text) == [message("2:54", "fast", firstInLine: 2)])
        let fields = Small.file.replacing("targets:", with: "force: { a: 1, b: { c: 1, c: 2 } }, targets:")
        #expect(Load.errors(fields) == [message("2:45", "c", firstInLine: 2)])
    }

    @Test func tagsDoNotMakeKeysDifferent() {
        let text = Small.file.replacing("targets:", with: "force: { 5: 1, !!int 5: 2 }, targets:")
        #expect(
            Load.errors(text)
                == ["headgate.yaml:2:34: models.fast.force.5: the key '5' is written twice in one mapping"])
    }

    @Test func thereMayBeTooMany() {
        let lines = (1...30).map { "k\($0): 1\n" }.joined()
        let errors = Load.errors(Small.file + lines + lines)
        #expect(errors.count == ConfigLimits.duplicateKeysMax + 1)
    }
}
