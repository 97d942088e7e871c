import Core
import Ledger

/// Buckets by their names, as `input_uncached=1000 output=20`.
func usage(_ text: String) -> TokenUsage {
    var usage = TokenUsage()
    for word in text.split(separator: " ") {
        let parts = word.split(separator: "=")
        guard let bucket = TokenUsage.buckets.first(where: { $0.name == parts[0] }), let count = Int(parts[1]) else {
            preconditionFailure("no bucket: \(word)")
        }
        usage[bucket] = count
    }
    return usage
}

/// Microseconds of a day, and of a time of it.
func time(_ day: String, _ hour: Int = 0, _ minute: Int = 0) -> Int64 {
    guard let number = CivilDay.number(day) else { preconditionFailure("no day: \(day)") }
    return number * CivilDay.microseconds + Int64(hour * 60 + minute) * 60_000_000
}

extension PriceBook {
    /// The cost in dollars, or `unknown`.
    func dollars(
        _ kind: String, _ model: String, _ used: String, tier: String? = nil, region: String = "default",
        at: Int64 = time("2026-11-24"), provider: String? = nil, served: String? = nil
    ) -> String {
        cost(
            of: usage(used), kind: kind, provider: provider ?? kind, servedModel: served, upstreamModel: model,
            serviceTier: tier, region: region, at: at)?.usdText ?? "unknown"
    }
}
