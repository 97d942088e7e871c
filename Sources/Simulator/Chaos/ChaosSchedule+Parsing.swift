import Wire

/// Why a text is no schedule.
public struct ChaosError: Error, Sendable, Equatable {
    public let message: String
    /// Counted from 1; nil where it stands in no file.
    public let line: Int?

    init(_ message: String, line: Int? = nil) {
        self.message = message
        self.line = line
    }
}

extension ChaosSpan {
    /// `LENGTH@START` or `LENGTH@START/EVERY`, such as `60s@30s` or `10s@1m/5m`; without `@`, from the start on.
    public init(parsing text: String) throws(ChaosError) {
        let expected = ChaosError("expected LENGTH@START, such as 60s@30s, or LENGTH@START/EVERY, found '\(text)'")
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let times = parts[0].split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2, times.count <= 2, let length = ResetTime.duration(String(times[0])),
            let start = times.count == 2 ? ResetTime.duration(String(times[1])) : 0
        else { throw expected }
        var period: Int64?
        if parts.count == 2 {
            guard let read = ResetTime.duration(String(parts[1])) else { throw expected }
            period = read
        }
        guard let span = ChaosSpan(start: start, length: length, period: period) else {
            throw ChaosError("'\(text)' is longer than its period or than 30 days, or has no length")
        }
        self = span
    }
}

extension ChaosSchedule {
    /// Reads phases from lines of JSON, one each. Blank lines, and those that begin with `#`, are passed over.
    ///
    ///     {"start": "30s", "length": "60s", "fault": "http-503", "rate": 0.5, "repeat": "5m"}
    ///     {"start": "2m", "length": "1m", "first_token_ms": 8000, "ramp": true, "model": "lorem"}
    ///
    /// Only `length` is needed, and something to do: `fault` (a word of `x-simulate`), `first_token_ms` or
    /// `tokens_per_second`.
    public static func phases(parsing text: String) throws(ChaosError) -> [ChaosPhase] {
        var phases: [ChaosPhase] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard let first = line.first(where: { !$0.isWhitespace }), first != "#" else { continue }
            do throws(ChaosError) {
                phases.append(try phase(parsing: line))
            } catch {
                throw ChaosError(error.message, line: index + 1)
            }
        }
        return phases
    }

    private static func phase(parsing line: Substring) throws(ChaosError) -> ChaosPhase {
        let json: SimulatorJSON
        do {
            json = try SimulatorJSON(parsing: line.utf8)
        } catch {
            throw ChaosError("not JSON: \(error.message) at byte \(error.offset)")
        }
        guard let members = json.members else { throw ChaosError("expected a JSON object") }
        guard let length = try duration(json, "length") else { throw ChaosError("missing 'length'") }
        guard
            let span = ChaosSpan(
                start: try duration(json, "start") ?? 0, length: length, period: try duration(json, "repeat"))
        else { throw ChaosError("'length' is longer than 'repeat' or than 30 days, or nothing") }
        var phase = ChaosPhase(span: span)
        for member in members { try set(member, of: &phase) }
        guard phase.fault != nil || phase.firstTokenMilliseconds != nil || phase.tokensPerSecond != nil else {
            throw ChaosError("nothing to do: expected 'fault', 'first_token_ms' or 'tokens_per_second'")
        }
        return phase
    }

    private static func set(_ member: SimulatorJSON.Member, of phase: inout ChaosPhase) throws(ChaosError) {
        switch member.name {
        case "start", "length", "repeat": break
        case "fault":
            guard let fault = member.value.string.flatMap(Fault.init(word:)) else {
                throw ChaosError("'fault' is not one of the simulator's faults")
            }
            phase.fault = fault
        case "rate": phase.rate = try number(member, 0...1)
        case "tokens_per_second": phase.tokensPerSecond = try number(member, 0.001...1_000_000_000)
        case "first_token_ms":
            phase.firstTokenMilliseconds = Int(try number(member, 0...Double(SimulateHeader.millisecondsMax)))
        case "ramp":
            guard let ramps = member.value.bool else { throw ChaosError("'ramp' must be true or false") }
            phase.ramps = ramps
        case "model":
            guard let model = member.value.string else { throw ChaosError("'model' must be a text") }
            phase.model = model
        default: throw ChaosError("unknown member '\(member.name)'")
        }
    }

    private static func number(
        _ member: SimulatorJSON.Member, _ range: ClosedRange<Double>
    ) throws(ChaosError) -> Double {
        guard let value = member.value.double, range.contains(value) else {
            throw ChaosError("'\(member.name)' must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    private static func duration(_ json: SimulatorJSON, _ name: String) throws(ChaosError) -> Int64? {
        guard let value = json[name] else { return nil }
        guard let duration = value.string.flatMap(ResetTime.duration) else {
            throw ChaosError("'\(name)' must be a duration such as \"30s\" or \"5m\"")
        }
        return duration
    }
}
