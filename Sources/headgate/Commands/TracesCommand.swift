import ArgumentParser
import Core
import Foundation
import NIOCore
import Observability
import Stores
import Wire

struct TracesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traces", abstract: "Read what was recorded.",
        subcommands: [List.self, Show.self, Tail.self, Export.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List calls, newest first.")
        @OptionGroup var records: RecordOptions
        @OptionGroup var filter: FilterOptions
        @Option(help: "How many.") var limit = 50
        @Option(help: "The page after this one's cursor.") var cursor: String?

        func run() throws {
            guard (1...Limits.pageRecordsMax).contains(limit) else {
                throw ValidationError("--limit: expected 1 to \(Limits.pageRecordsMax)")
            }
            let query = RecordQuery(try filter.filter(), limit: limit, cursor: cursor)
            let store = try records.open()
            let page = try KeysCommand.explain { try store.page(query) }
            if records.json {
                for record in page.records {
                    Output.line(RecordJSON.object(record, node: RecordOptions.node).text)
                }
            } else {
                TextTable(titles: CallLine.titles, rows: page.records.map(CallLine.cells), numbers: [4, 5, 6, 7]).show()
            }
            if let next = page.next { Output.error("more: --cursor \(next)") }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one call with its bodies, or the tree of a trace.")
        @OptionGroup var records: RecordOptions
        @Argument(help: "A request's id, or a trace's.") var id: String

        func run() throws {
            let store = try records.open()
            if let id = ExchangeID(id) {
                guard let stored = try KeysCommand.explain({ try store.record(id) }) else {
                    throw Failure("There is no record of the request '\(id)' here.")
                }
                var bodies = RecordBodies()
                do throws(StoreError) {
                    bodies.request = try store.body(id, .request)
                    bodies.response = try store.body(id, .response)
                } catch {
                    bodies.problem = error.explanation
                }
                var writer = JSONWriter()
                RecordJSON.write(stored, node: RecordOptions.node, bodies: bodies, &writer)
                return Output.line(records.json ? writer.buffer.text : PrettyJSON.text(writer.buffer))
            }
            guard let trace = TraceID(id) else {
                throw ValidationError("'\(id)' is no id of a request (36 characters) or a trace (32 digits)")
            }
            let tree = try KeysCommand.explain {
                TraceTree(calls: try store.trace(trace), spans: try store.spans(of: trace))
            }
            guard !tree.nodes.isEmpty else { throw Failure("There is no record of the trace '\(id)' here.") }
            if records.json {
                Output.line(TraceTreeJSON.object(trace, tree).text)
            } else {
                TextTable(titles: TraceLines.titles, rows: TraceLines.rows(of: tree), numbers: [2, 3, 4]).show()
            }
        }
    }

    struct Tail: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show calls as they end, until stopped.",
            discussion: "With --since, those that began since then come first. With --until, it stops at that time.")
        @OptionGroup var records: RecordOptions
        @OptionGroup var filter: FilterOptions

        func run() async throws {
            let store = try records.open()
            var tail = RecordTail(
                try filter.filter(), since: filter.since == nil ? .now : .filter,
                until: filter.until == nil ? .stopped : .filter)
            let clock = ContinuousClock()
            while let found = try KeysCommand.explain({ try tail.next(from: store, now: WallClock.unixMicroseconds()) })
            {
                for record in found {
                    if records.json {
                        Output.line(RecordJSON.object(record, node: RecordOptions.node).text)
                    } else {
                        Output.line(CallLine.cells(record).joined(separator: "  "))
                    }
                }
                if !tail.isCatchingUp { try await clock.sleep(for: .milliseconds(300)) }
            }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write all calls that fit, newest first.")
        @OptionGroup var records: RecordOptions
        @OptionGroup var filter: FilterOptions
        @Option(help: "jsonl or csv.") var format = ExportFormat.jsonl

        func run() throws {
            let store = try records.open()
            var query = RecordQuery(try filter.filter(), limit: Limits.pageRecordsMax)
            if format == .csv { Output.line(RecordCSV.header) }
            while true {
                let page = try KeysCommand.explain { try store.page(query) }
                for record in page.records {
                    switch format {
                    case .jsonl: Output.line(RecordJSON.object(record, node: RecordOptions.node).text)
                    case .csv: Output.line(RecordCSV.line(record))
                    }
                }
                guard let next = page.next else { return }
                query.cursor = next
            }
        }
    }
}

enum ExportFormat: String, ExpressibleByArgument { case jsonl, csv }

/// A call as a line for people.
enum CallLine {
    static let titles = ["time", "id", "model", "outcome", "ms", "in", "out", "USD", "prompt"]

    static func cells(_ stored: StoredRecord) -> [String] {
        let record = stored.record
        return [
            String(Timestamp.text(record.startedAtUnixMicroseconds).dropLast(4)), record.id.description,
            record.attempts.last.map { "\($0.provider)/\($0.servedModel ?? $0.upstreamModel)" } ?? record.model ?? "-",
            record.errorCode.map { "\(record.outcome.rawValue) (\($0.rawValue))" } ?? record.outcome.rawValue,
            "\(record.duration / 1_000_000)", "\(record.usage.inputTotal)", "\(record.usage.outputTotal)",
            record.cost?.usdText ?? "?", String((stored.requestPreview ?? "").prefix(40)),
        ].map(Printable.text)
    }
}

/// Text from outside, safe for a terminal.
enum Printable {
    static func text(_ text: String) -> String {
        String(text.unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? " " : Character($0) })
    }
}

/// JSON for people.
enum PrettyJSON {
    static func text(_ json: ByteBuffer) -> String {
        let value = try? JSONSerialization.jsonObject(with: Data(json.readableBytesView))
        let pretty = value.flatMap {
            try? JSONSerialization.data(
                withJSONObject: $0, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        }
        return pretty.map { String(decoding: $0, as: UTF8.self) } ?? json.text
    }
}

/// A call as a line of CSV (RFC 4180). A cell that a spreadsheet would take for a formula begins with an apostrophe.
enum RecordCSV {
    static let header = [
        "id", "started_at", "project", "key", "trace_id", "endpoint", "model", "provider", "upstream_model",
        "served_model", "status", "outcome", "error_code", "streamed", "finish_reason", "duration_ms",
        "time_to_first_token_ms", "input_tokens", "output_tokens", "usage_source", "cost_usd", "feature", "team",
        "environment", "prompt", "user", "session", "attempts",
    ].joined(separator: ",")

    static func line(_ stored: StoredRecord) -> String {
        let record = stored.record
        let last = record.attempts.last
        let cells: [String?] = [
            record.id.description, Timestamp.text(record.startedAtUnixMicroseconds), record.project, record.key,
            record.traceID.description, record.endpoint, record.model, last?.provider, last?.upstreamModel,
            record.servedModel, "\(record.status)", record.outcome.rawValue, record.errorCode?.rawValue,
            "\(record.streamed)", record.finishReason, milliseconds(record.duration),
            record.timeToFirstToken.map(milliseconds), "\(record.usage.inputTotal)", "\(record.usage.outputTotal)",
            record.usageSource.rawValue, record.cost?.usdText, record.tags["feature"], record.tags["team"],
            record.tags["environment"], record.tags["prompt"], record.tags["user"], record.tags["session"],
            "\(record.attempts.count)",
        ]
        return cells.map { cell($0 ?? "") }.joined(separator: ",")
    }

    private static func milliseconds(_ nanoseconds: Int64) -> String {
        DecimalText.text(Int128(nanoseconds / 1000), decimals: 3)
    }

    private static func cell(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let safe = isFormula && Double(text) == nil ? "'" + text : text
        guard safe.contains(where: { ",\"\n\r".contains($0) || $0 == "\r\n" }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
