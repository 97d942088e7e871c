import Core
import Policy
import Testing
import Wire

@testable import Plan

@Suite struct TargetDrainTests {
    private func snapshot(draining names: [String]) -> Snapshot {
        let providers = ["a", "b"].map {
            Provider(name: $0, kind: .openAI, origin: Origin(isTLS: true, host: "h", port: 443), basePath: "/v1")
        }
        let routes = [
            Route(
                pattern: "fast", targets: [Target(provider: 0, model: "m"), Target(provider: 1, model: "m", weight: 0)]),
            Route(pattern: "a/*", targets: [Target(provider: 0, model: "*")]),
            Route(pattern: "own", targets: [Target(provider: 1, model: nil, region: "eu")]),
        ]
        return Snapshot(providers: providers, routes: routes, keys: [])
            .replacing(keys: [], drained: Set(names.compactMap { TargetName($0) }))
    }

    private func places(_ model: String, draining names: [String]) throws -> Set<Int> {
        var places: Set<Int> = []
        let decision = try snapshot(draining: names).decide(model: model, endpoint: .chatCompletions, key: nil)
        for random in stride(from: UInt64(0), to: .max - .max / 64, by: .max / 64) {
            if let place = WeightedChoice.index(of: decision.weights, random: random) { places.insert(place) }
        }
        return places
    }

    @Test func sendsNothingToADrainedTargetWhileAnotherCanServe() throws {
        #expect(try places("fast", draining: []) == [0])
        #expect(try places("fast", draining: ["a/m@default"]) == [1])
        #expect(try places("fast", draining: ["a/m@elsewhere", "a/other@default"]) == [0])
    }

    @Test func saysSoWhenAllAreDrained() {
        let error = #expect(throws: GatewayError.self) {
            try places("fast", draining: ["a/m@default", "b/m@default"])
        }
        #expect(error?.code == .overloaded && error?.message.contains("'fast' is drained") == true)
    }

    @Test func drainsOneModelOfAStarOrAll() throws {
        #expect(throws: GatewayError.self) { try places("a/x", draining: ["a/x@default"]) }
        #expect(try places("a/y", draining: ["a/x@default"]) == [0])
        #expect(throws: GatewayError.self) { try places("a/y", draining: ["a/*@default"]) }
        // The star's own target is drained, not each that it could stand for elsewhere.
        #expect(try places("fast", draining: ["a/*@default"]) == [0])
    }

    @Test func aTargetWithoutAModelHasTheModelsName() {
        #expect(throws: GatewayError.self) { try places("own", draining: ["b/own@eu"]) }
        #expect(
            snapshot(draining: []).targetNames.map(\.description)
                == ["a/m@default", "b/m@default", "a/*@default", "b/own@eu"])
    }

    @Test(arguments: ["", "a", "a/b", "a@b", "/m@r", "a/@r", "a/m@", "a@b/c"]) func refusesWhatIsNoName(text: String) {
        #expect(TargetName(text) == nil)
    }

    @Test func readsNamesWithSlashesAndAtSigns() {
        #expect(TargetName("a/b/c@d@eu") == TargetName(provider: "a", model: "b/c@d", region: "eu"))
    }
}
