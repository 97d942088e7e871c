import Foundation
import NIOCore
import Testing

@testable import Simulator

/// Failing by schedule, in time that is passed in.
@Suite("A schedule of failures")
struct ChaosTests {
    private static let second: Int64 = 1_000_000_000
    /// The server's start, on a clock that did not begin with it.
    private static let start: Int64 = 77 * second

    private func simulation(_ phases: [ChaosPhase], seed: UInt64 = 1) -> Simulation {
        var settings = SimulatorSettings.instant
        settings.schedule = ChaosSchedule(phases: phases, seed: seed)
        return Simulation(settings: settings, now: Self.start)
    }

    private func phases(_ text: String) throws -> [ChaosPhase] { try ChaosSchedule.phases(parsing: text) }

    /// The status of a chat's answer so many seconds after the start; 0 for a connection that is closed.
    private func status(
        _ simulation: inout Simulation, at seconds: Double, model: String = "lorem", simulate: String? = nil
    ) -> Int {
        let request = SimulatorRequest(
            method: "POST", target: Paths.chat, headers: simulate.map { [("x-simulate", $0)] } ?? [],
            body: ByteBuffer(string: Bodies.chat(model)))
        let reaction = simulation.react(to: request, now: Self.start + Int64(seconds * Double(Self.second)))
        if case .answer(let answer) = reaction { return answer.status }
        return 0
    }

    @Test("an outage begins and ends at its time")
    func outage() throws {
        var simulation = simulation([.outage(try ChaosSpan(parsing: "60s@30s"))])
        let statuses = [0, 29.9, 30, 60, 89.9, 90, 1000].map { status(&simulation, at: $0) }
        #expect(statuses == [200, 200, 503, 503, 503, 200, 200])
    }

    @Test("a phase comes again")
    func repeats() throws {
        var simulation = simulation([.storm(try ChaosSpan(parsing: "10s@1m/5m"))])
        let statuses = [59, 60, 69, 70, 359, 360, 369, 370, 3660].map { status(&simulation, at: $0) }
        #expect(statuses == [200, 429, 429, 200, 200, 429, 429, 200, 429])
    }

    @Test("a storm says when to come back")
    func storm() async throws {
        var settings = SimulatorSettings.instant
        settings.schedule = ChaosSchedule(phases: [.storm(try ChaosSpan(parsing: "1h"))])
        try await withServer(settings) { server in
            let answer = try await server.message("lorem")
            #expect(answer.status == 429)
            #expect(answer.headers["retry-after"] == "2")
        }
    }

    @Test("a share of calls is met, the same ones with the same seed")
    func rate() throws {
        let phases = try phases(#"{"length":"1h","fault":"http-500","rate":0.3}"#)
        func failures(seed: UInt64) -> [Bool] {
            var simulation = simulation(phases, seed: seed)
            return (0..<2000).map { status(&simulation, at: Double($0)) == 500 }
        }
        let first = failures(seed: 1)
        #expect((540...660).contains(first.count { $0 }))
        #expect(failures(seed: 1) == first)
        #expect(failures(seed: 2) != first)
    }

    @Test("a ramp grows from nothing to all")
    func ramp() throws {
        var simulation = simulation(try phases(#"{"start":"0s","length":"1000s","fault":"refuse","ramp":true}"#))
        let failed = (0..<1000).map { status(&simulation, at: Double($0)) == 0 }
        let quarters = stride(from: 0, to: 1000, by: 250).map { start in failed[start..<(start + 250)].count { $0 } }
        #expect(zip(quarters, [31, 94, 156, 219]).allSatisfy { abs($0 - $1) < 30 })
    }

    @Test("a slow provider is slower and slower")
    func slow() throws {
        let schedule = ChaosSchedule(
            phases: [.slow(try ChaosSpan(parsing: "100s@10s"))]
                + (try phases(#"{"start":"50s","length":"10s","tokens_per_second":10}"#)))
        func change(at seconds: Int64) -> SimulateHeader {
            var header = SimulateHeader()
            schedule.apply(
                to: &header, model: "lorem", pace: SimulatorPace(), elapsed: seconds * Self.second, sequence: 1)
            return header
        }
        #expect([9, 10, 60, 109, 110].map { change(at: $0).firstTokenMilliseconds } == [nil, 60, 5030, 9900, nil])
        #expect([49, 50, 60].map { change(at: $0).tokensPerSecond } == [nil, 10, nil])
    }

    @Test("what a call asks for itself stays, and other models are left alone")
    func ownWishes() throws {
        var simulation = simulation(
            try phases(
                """
                # the small one only

                {"length":"1m","fault":"http-503","model":"lorem"}
                """))
        #expect(status(&simulation, at: 1) == 503)
        #expect(status(&simulation, at: 1, model: "echo") == 200)
        #expect(status(&simulation, at: 1, simulate: #"{"fault":"http-418"}"#) == 418)
        // A rate of the call's own concerns its own fault.
        #expect(status(&simulation, at: 1, simulate: #"{"rate":0}"#) == 503)
    }

    @Test(
        "a wrong schedule is refused with its line",
        arguments: [
            ("{", "not JSON: the text ends too early at byte 1", 1), ("\n# x\n[]", "expected a JSON object", 3),
            (#"{"fault":"refuse"}"#, "missing 'length'", 1),
            (#"{"length":"1m"}"#, "nothing to do: expected 'fault', 'first_token_ms' or 'tokens_per_second'", 1),
            (#"{"length":60,"fault":"refuse"}"#, "'length' must be a duration such as \"30s\" or \"5m\"", 1),
            (#"{"length":"1m","fault":"explode"}"#, "'fault' is not one of the simulator's faults", 1),
            (
                #"{"length":"1m","repeat":"30s","fault":"refuse"}"#,
                "'length' is longer than 'repeat' or than 30 days, or nothing", 1
            ),
            (#"{"length":"1m","fault":"refuse","rate":2}"#, "'rate' must be a number from 0.0 to 1.0", 1),
            (#"{"length":"1m","fault":"refuse","wait":1}"#, "unknown member 'wait'", 1),
        ])
    func refused(_ text: String, _ message: String, _ line: Int) {
        let error = #expect(throws: ChaosError.self) { try ChaosSchedule.phases(parsing: text) }
        #expect(error?.line == line)
        if text != "{" { #expect(error?.message == message) }
    }

    @Test(
        "spans are lengths with a start and a period", arguments: ["", "60", "60s@", "@5s", "60s@5s/30s", "1m/", "a@b"])
    func wrongSpans(_ text: String) {
        #expect(throws: ChaosError.self) { try ChaosSpan(parsing: text) }
    }

    @Test("the schedules of the runbooks can be used as they stand")
    func runbooks() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/runbooks")
        let pages = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".md") }
        #expect(pages.count == 11)
        var count = 0
        for page in pages {
            let text = try String(contentsOf: folder.appendingPathComponent(page), encoding: .utf8)
            let lines = text.split(separator: "\n").filter { $0.hasPrefix("{") }
            count += try phases(lines.joined(separator: "\n")).count
        }
        #expect(count == 9)
    }
}
