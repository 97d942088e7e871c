import ArgumentParser
import Core
import Foundation
import Stores

/// Fills a store with calls of many days, and measures what people then ask of it. Prints `measure TAB unit TAB value
/// TAB aim` for `Benchmarks/run`.
@main
struct History: ParsableCommand {
    @Option(help: "The folder; it must be empty, or have been filled by the same numbers.") var directory: String
    @Option(help: "Calls in all.") var records = 10_000_000
    @Option(help: "Days that they are spread over.") var days = 30
    @Flag(help: "Keep the beginnings of prompts and answers, as a recorder does.") var previews = false
    @Flag(help: "Write, and measure no questions.") var writesOnly = false

    func run() throws {
        let store = SQLiteRecordStore(directory: directory)
        let calls = Calls(count: records, days: days, previews: previews)
        if !FileManager.default.fileExists(atPath: directory + "/records") {
            try fill(store, calls)
            let bytes = try Self.bytes(in: directory)
            Self.row("disk per record", "bytes", Double(bytes) / Double(records), previews ? "" : "<= 350")
        }
        if !writesOnly { try Questions(store: store, calls: calls).measure() }
    }

    private func fill(_ store: SQLiteRecordStore, _ calls: Calls) throws {
        let clock = ContinuousClock()
        var time = Duration.zero
        for day in 0..<days {
            for batch in calls.batches(of: day) {
                let start = clock.now
                try store.write(batch)
                time += clock.now - start
            }
            try store.seal(now: calls.start + Int64(day + 1) * Calls.day + 3_600_000_000)
        }
        Self.row("writing, one record", "us", time / .microseconds(1) / Double(records), "")
    }

    static func row(_ measure: String, _ unit: String, _ value: Double, _ aim: String) {
        print("\(measure)\t\(unit)\t\(String(format: "%.2f", value))\t\(aim)")
    }

    private static func bytes(in directory: String) throws -> Int {
        let files = try FileManager.default.subpathsOfDirectory(atPath: directory + "/records")
        return try files.reduce(0) { sum, file in
            let attributes = try FileManager.default.attributesOfItem(atPath: directory + "/records/" + file)
            return sum + (attributes[.size] as? Int ?? 0)
        }
    }
}
