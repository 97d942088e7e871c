import Core
import Plan
import Testing

@testable import Config

/// Variables of the environment in values.
@Suite struct SubstitutionTests {
    private let environment = ["A": "one", "B": "", "_C1": "${A}", "LINE": "a\nlisten: evil"]

    @Test(arguments: [
        ("plain", "plain"), ("${A}", "one"), ("x${A}y${A}z", "xoneyonez"), ("${B}", ""), ("${B:-two}", "two"),
        ("${A:-two}", "one"), ("${GONE:-}", ""), ("${GONE:-a:-b}", "a:-b"), ("${GONE:-a b}", "a b"), ("$A", "$A"),
        ("$", "$"), ("a$", "a$"), ("$$", "$$"), ("$${A}", "${A}"), ("$${", "${"), ("$$${A}", "$${A}"),
        ("${_C1}", "${A}"),
        ("}{", "}{"), ("é${A}é", "éoneé"),
    ]) func areReplaced(_ text: String, _ expected: String) throws {
        #expect(try Substitution.apply(to: text, environment: environment) == expected)
    }

    @Test(arguments: [
        ("${GONE}", Substitution.Problem.unset("GONE")), ("${a}", .unset("a")), ("${", .unclosed), ("${A", .unclosed),
        ("x${A} ${", .unclosed), ("${}", .badName), ("${1A}", .badName), ("${A B}", .badName), ("${A-b}", .badName),
        ("${:-b}", .badName), ("${É}", .badName), ("${A:+b}", .badName), ("${A:?b}", .badName),
    ]) func areRefusedWhenTheyAreNone(_ text: String, _ problem: Substitution.Problem) {
        #expect(throws: problem) { try Substitution.apply(to: text, environment: environment) }
    }

    @Test func aValueCannotAddKeys() {
        let errors = Load.errors(Small.file + "data_dir: ${LINE}\n", environment: environment)
        #expect(errors == ["headgate.yaml:3:11: data_dir: holds a control character"])
    }

    @Test func namesAreNotReplaced() throws {
        let text =
            "providers: { demo: { kind: simulator } }\nmodels: { \"${A}\": { targets: [ { provider: demo } ] } }\n"
        let snapshot = try Load.configuration(text, environment: environment).snapshot
        #expect(snapshot.routes.names == ["${A}"])
    }

    @Test func everyTypeOfValueMayComeFromTheEnvironment() throws {
        let text = """
            listen: "${HOST}:${PORT:-8000}"
            auth: ${AUTH}
            server: { threads: "${THREADS}", body_max: "${MEGABYTES}MiB", keepalive: "${SECONDS}s" }
            providers: { up: { kind: "${KIND}", base_url: "${URL}", passthrough: "${YES}" } }
            models: { m: { targets: [ { provider: "${UP}", weight: "${WEIGHT}" } ], force: { n: "${WEIGHT}" } } }

            """
        let snapshot = try Load.configuration(
            text,
            environment: [
                "HOST": "127.0.0.1", "AUTH": "none", "THREADS": "2", "MEGABYTES": "3", "SECONDS": "4",
                "KIND": "openai-compatible", "URL": "http://h/v1", "YES": "true", "UP": "up", "WEIGHT": "5",
            ]
        ).snapshot
        #expect(snapshot.server.listen.description == "127.0.0.1:8000")
        #expect(snapshot.access == .anyone)
        #expect(snapshot.server.threads == 2)
        #expect(snapshot.server.bodyBytesMax == 3 * 1024 * 1024)
        #expect(snapshot.server.keepAlive == .seconds(4))
        #expect(snapshot.providers[0].passthrough)
        #expect(snapshot.routes.routes[0].targets[0].weight == 5)
        #expect(snapshot.routes.routes[0].force == [.init(name: "n", json: Array("\"5\"".utf8))])
    }

    @Test func aPlainVariableInARequestsFieldIsAValueOfItsOwn() throws {
        let text = """
            providers: { up: { kind: simulator } }
            models:
              m:
                targets: [ { provider: up } ]
                force:
                  number: ${N}
                  text: "${N}"

            """
        let force = try Load.configuration(text, environment: ["N": "5"]).snapshot.routes.routes[0].force
        #expect(force.map(\.json) == [Array("5".utf8), Array("\"5\"".utf8)])
    }
}
