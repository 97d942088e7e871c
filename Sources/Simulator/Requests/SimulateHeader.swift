/// The header `x-simulate`: what one request wants changed. Every member may be absent.
struct SimulateHeader: Equatable {
    var firstTokenMilliseconds: Int?
    var tokensPerSecond: Double?
    var tokens: Int?
    var seed: UInt64?
    var fault: Fault?
    var rate: Double?
    var eventMilliseconds: Int?
    var chunkBytes: Int?

    static let name = "x-simulate"
    static let millisecondsMax = 600_000
    /// One MiB of text at four bytes a token.
    static let tokensMax = 262_144

    struct Problem: Error, Equatable {
        let message: String
    }

    init() {}

    init(parsing text: String) throws(Problem) {
        let json: SimulatorJSON
        do {
            json = try SimulatorJSON(parsing: text.utf8)
        } catch {
            throw Problem(message: "x-simulate is not JSON: \(error.message) at byte \(error.offset)")
        }
        guard let members = json.members else { throw Problem(message: "x-simulate is not a JSON object") }
        for member in members { try set(member) }
    }

    private mutating func set(_ member: SimulatorJSON.Member) throws(Problem) {
        switch member.name {
        case "first_token_ms": firstTokenMilliseconds = try Self.integer(member, 0...Self.millisecondsMax)
        case "tokens_per_second": tokensPerSecond = try Self.number(member, 0.001...1_000_000_000)
        case "tokens": tokens = try Self.integer(member, 0...Self.tokensMax)
        case "seed": seed = UInt64(try Self.integer(member, 0...Int.max))
        case "rate": rate = try Self.number(member, 0...1)
        case "event_ms": eventMilliseconds = try Self.integer(member, 0...Self.millisecondsMax)
        case "chunk_bytes": chunkBytes = try Self.integer(member, 1...1_000_000)
        case "status": fault = .status(try Self.integer(member, Fault.statuses))
        case "fault":
            guard let word = member.value.string, let fault = Fault(word: word) else {
                throw Problem(message: "x-simulate: fault is not one of the simulator's faults")
            }
            self.fault = fault
        default: throw Problem(message: "x-simulate: unknown member '\(member.name)'")
        }
    }

    private static func integer(_ member: SimulatorJSON.Member, _ range: ClosedRange<Int>) throws(Problem) -> Int {
        guard let value = member.value.integer, range.contains(value) else {
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            throw Problem(message: "x-simulate: \(member.name) must be a whole number from \(bounds)")
        }
        return value
    }

    private static func number(_ member: SimulatorJSON.Member, _ range: ClosedRange<Double>) throws(Problem) -> Double {
        guard let value = member.value.double, range.contains(value) else {
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            throw Problem(message: "x-simulate: \(member.name) must be a number from \(bounds)")
        }
        return value
    }
}
