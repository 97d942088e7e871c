import Plan
import Policy
import Testing

@testable import Config

/// A member of `models` as the data plane gets it.
@Suite struct ModelTests {
    private func route(_ settings: String, named name: String = "m") throws -> Route {
        let text = "providers: { up: { kind: simulator, region: eu } }\nmodels: { \(name): \(settings) }\n"
        return try Load.configuration(text).snapshot.routes.routes[0]
    }

    private func errors(_ settings: String, named name: String = "m") -> [String] {
        Load.errors("providers: { up: { kind: simulator } }\nmodels: { \(name): \(settings) }\n")
    }

    private func json(_ fields: [Route.BodyField]) -> [String] {
        fields.map { "\($0.name)=\(String(decoding: $0.json, as: UTF8.self))" }
    }

    @Test func aTargetHasItsDefaults() throws {
        let target = try route("{ targets: [ { provider: up } ] }").targets[0]
        #expect(target.provider == 0)
        #expect(target.model == nil)
        #expect(target.weight == 1)
        #expect(target.region == "eu")
    }

    @Test func aTargetsOwnRegionCounts() throws {
        #expect(try route("{ targets: [ { provider: up, region: us, weight: 0 } ] }").targets[0].region == "us")
    }

    @Test func aTargetMayHaveAPriorityAndACondition() throws {
        let condition = #"tags.team == "growth" && input_tokens < 8000"#
        let route = try route(
            "{ strategy: least_busy, targets: [ { provider: up, priority: 7, when: '\(condition)' }, { provider: up } ] }"
        )
        #expect(route.strategy == .leastBusy)
        #expect(route.targets.map(\.priority) == [7, 0])
        #expect(route.targets[0].condition?.text == condition)
        #expect(route.targets[1].condition == nil)
        #expect(route.conditionNeeds == [.inputTokens])
    }

    @Test func aModelMayHaveTimeoutsOfItsOwn() throws {
        let route = try route("{ targets: [ { provider: up } ], timeouts: { between_tokens: 2s } }")
        #expect(route.timeouts.betweenTokens == .seconds(2))
        #expect(route.timeouts.connect == nil)
    }

    @Test func fieldsOfTheRequestAreWrittenAsJSON() throws {
        let fields = """
            { a: 1024, b: 0.20, c: -1e5, d: true, e: ~, f: text, g: "7", h: [ 1, off, "x\\"\\n\\u0001" ], \
            i: { j: {} }, k: 2027-01-01, l: 1.2.3, m: , n: Null, o: FALSE, p: !!str 5 }
            """
        let expected = [
            "a=1024", "b=0.20", "c=-1e5", "d=true", "e=null", "f=\"text\"", "g=\"7\"",
            #"h=[1,"off","x\"\n\u0001"]"#, "i={\"j\":{}}", "k=\"2027-01-01\"", "l=\"1.2.3\"", "m=null", "n=null",
            "o=false", "p=\"5\"",
        ]
        #expect(try json(route("{ targets: [ { provider: up } ], defaults: \(fields) }").defaults) == expected)
        #expect(try json(route("{ targets: [ { provider: up } ], force: \(fields) }").force) == expected)
    }

    @Test(arguments: ["+1", "01", ".5", "1.", "0x1F", "0o17", ".inf", "-.inf", ".nan", "00", "-01.5", "+1e3"])
    func numbersThatJSONWritesOtherwiseAreRefused(_ number: String) {
        #expect(
            errors("{ targets: [ { provider: up } ], force: { a: \(number) } }") == [
                "headgate.yaml:2:59: models.m.force.a: a number that JSON does not know in this form; write it as "
                    + "JSON does, or quote it for text"
            ])
    }

    @Test(arguments: ["1e", "0x", "0xg", ".", "1-2", "1_000", "1.2.3", "e5", "infinity", "127.0.0.1:80"])
    func wordsThatOnlyLookLikeNumbersAreText(_ word: String) throws {
        let route = try route("{ targets: [ { provider: up } ], force: { a: \(word) } }")
        #expect(json(route.force) == ["a=\"\(word)\""])
    }

    @Test(arguments: [
        (
            "{ targets: [ { provider: up, priority: 101 } ] }", "m",
            "2:53: models.m.targets[0].priority: expected a whole number from 0 to 100, found '101'"
        ),
        (
            "{ targets: [ { provider: up, when: 'stream && has_tolls' } ] }", "m",
            "2:49: models.m.targets[0].when: unknown name 'has_tolls', at character 11 of the condition; "
                + "did you mean 'has_tools'?"
        ),
        (
            "{ targets: [ { provider: up, when: 'tag.team == 1' } ] }", "m",
            "2:49: models.m.targets[0].when: unknown name 'tag.team', at character 1 of the condition; "
                + "did you mean 'tags'?"
        ),
        ("{ targets: [] }", "m", "2:25: models.m.targets: expected at least 1 in the list"),
        ("{}", "m", "2:14: models.m: missing key 'targets'"),
        ("", "m", "2:15: models.m: missing key 'targets'"),
        ("{ targets: [ {} ] }", "m", "2:27: models.m.targets[0]: missing key 'provider'"),
        (
            "{ targets: [ { provider: dmo } ] }", "m",
            "2:39: models.m.targets[0].provider: no provider 'dmo' in "
                + "'providers'"
        ),
        (
            "{ targets: [ { provider: upp } ] }", "m",
            "2:39: models.m.targets[0].provider: no provider 'upp' in "
                + "'providers'; did you mean 'up'?"
        ),
        (
            "{ targets: [ { provider: up, weight: -1 } ] }", "m",
            "2:51: models.m.targets[0].weight: expected a whole number from 0 to 1000000, found '-1'"
        ),
        (
            "{ targets: [ { provider: up, model: \"*\" } ] }", "m",
            "2:50: models.m.targets[0].model: '*' needs a model whose own name ends in '*', and this one is 'm'"
        ),
        (
            "{ targets: [ { provider: up, model: \"*x*\" } ] }", "\"m*\"",
            "2:53: models.\"m*\".targets[0].model: '*' may stand once in a target's model"
        ),
        (
            "{ targets: [ { provider: up } ] }", "\"a*b\"",
            "2:11: models.\"a*b\": '*' may stand at the end of a model's name only"
        ),
        ("{ targets: [ { provider: up } ] }", "\"\"", "2:11: models.\"\": expected the name of a model"),
        (
            "{ targets: [ { provider: up } ], force: { model: x } }", "m",
            "2:56: models.m.force.model: 'model' is set by the target, not here"
        ),
        (
            "{ targets: [ { provider: up } ], defaults: { stream: true } }", "m",
            "2:59: models.m.defaults.stream: 'stream' is the client's choice and cannot be set"
        ),
        (
            "{ targets: [ { provider: up } ], strategy: wieghted }", "m",
            "2:57: models.m.strategy: expected weighted, priority, least_latency, least_busy or lowest_price, "
                + "found 'wieghted'; did you mean 'weighted'?"
        ),
    ]) func aWrongModelIsRefused(_ settings: String, _ name: String, _ error: String) {
        #expect(errors(settings, named: name) == ["headgate.yaml:" + error])
    }

    @Test func jsonIsBoundedInDepth() {
        let deep = String(repeating: "[", count: 70) + String(repeating: "]", count: 70)
        let errors = errors("{ targets: [ { provider: up } ], force: { a: \(deep) } }")
        #expect(errors.count == 1)
        #expect(errors[0].hasSuffix("nested deeper than 64 levels"))
    }
}
