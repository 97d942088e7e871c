import ArgumentParser
import Config
import Core
import Foundation
import Ledger
import Plan
import Wire

struct PricesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prices", abstract: "Show what models cost, and import price lists.",
        subcommands: [List.self, Show.self, Diff.self, Import.self])

    /// Where the prices come from that count: the built-in lists, those that were imported, and the configuration.
    struct PriceOptions: ParsableArguments {
        @OptionGroup var options: ConfigOptions
        @Option(name: .customLong("data-dir"), help: "The data directory, instead of the configuration's.")
        var dataDirectory: String?
        @Flag(help: "Print JSON.")
        var json = false

        func load() throws -> Configuration {
            try options.loadForReading(overrides: ConfigOverrides(dataDirectory: dataDirectory))
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all prices, those that counted before among them.")
        @OptionGroup var prices: PriceOptions
        @Option(help: "Only prices of this provider, or of this kind.") var provider: String?

        func run() throws {
            let book = try prices.load().snapshot.prices
            let entries = (book.configured + book.listed).filter { provider == nil || $0.owner == provider }
                .sorted { ($0.owner, $0.model, $0.from ?? .min) < ($1.owner, $1.model, $1.from ?? .min) }
            if prices.json { return Output.line(PriceListing.json(entries.map(PriceListing.row))) }
            for entry in entries { Output.line(PriceListing.line(entry)) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a model's name stands for, and its price, at each provider.")
        @OptionGroup var prices: PriceOptions
        @Argument(help: "The model, as the provider calls it.") var model: String

        func run() throws {
            let found = try rows(of: prices.load())
            guard !found.isEmpty else { throw Failure("There is no price for '\(model)'.") }
            if prices.json {
                return Output.line(
                    PriceListing.json(
                        found.map { row in
                            PriceListing.row(row.entry).merging(["provider": row.provider]) { $1 }
                        }))
            }
            for row in found { Output.line("\(row.provider): \(PriceListing.line(row.entry))") }
        }

        /// The configuration's providers by their names, and the other lists by the kind whose they are.
        ///
        /// The simulator takes any name: it is told of where it is configured and nobody else has the model.
        private func rows(of configuration: Configuration) -> [(provider: String, entry: PriceEntry)] {
            let now = WallClock.unixMicroseconds()
            let (snapshot, book) = (configuration.snapshot, configuration.snapshot.prices)
            let providers = snapshot.providers.map { (name: $0.name, kind: $0.kind.name) }
            let kinds = Set(book.listed.map(\.owner)).subtracting(providers.map(\.kind)).sorted()
            let rows = (providers + kinds.map { ($0, $0) }).compactMap { name, kind in
                book.price(kind: kind, provider: name, model: model, at: now).map { (provider: name, entry: $0.entry) }
            }
            let others = rows.filter { $0.entry.owner != ProviderKind.simulator.name }
            return others.isEmpty ? rows.filter { row in providers.contains { $0.name == row.provider } } : others
        }
    }

    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a list of LiteLLM's or models.dev's shape would change.")
        @OptionGroup var prices: PriceOptions
        @Argument(help: "The list, as a file.") var file: String

        func run() throws {
            let book = try prices.load().snapshot.prices
            let diff = PriceDiff(from: book.listed, to: try PricesCommand.entries(ofList: file))
            if prices.json { return Output.line(PriceListing.json(diff)) }
            for line in PriceListing.lines(diff) { Output.line(line) }
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take over the prices of a list of LiteLLM's or models.dev's shape, from today on.")
        @OptionGroup var prices: PriceOptions
        @Argument(help: "The list, as a file.") var file: String
        @Flag(help: "Take over also prices that are ten times what they were, or a tenth.") var accept = false
        @Flag(name: .customLong("dry-run"), help: "Only show what would change.") var isDryRun = false
        @Option(help: "The day from which on the prices count, as 2027-01-01; '-' is since ever.") var from: String?
        @Option(help: "The catalogue to write, instead of that in the data directory; it stands for all lists.")
        var catalogue: String?

        func run() throws {
            let day = try effectiveDay()
            let path = try catalogue ?? ImportedPrices.path(in: prices.load().dataDirectory)
            let written = try ImportedPrices.read(path)
            let listed = catalogue == nil ? EmbeddedCatalogue.entries + written : written
            let diff = PriceDiff(from: listed, to: try PricesCommand.entries(ofList: file))
            if !prices.json { for line in PriceListing.lines(diff) { Output.line(line) } }
            if !accept, !diff.jumps.isEmpty {
                throw Failure(
                    "Nothing is imported: \(diff.jumps.count) models would cost ten times what they did, or a tenth, "
                        + "or nothing, or something for the first time. Where that is right, use --accept.")
            }
            if !isDryRun, !diff.isEmpty {
                try ImportedPrices.write(
                    diff.applied(to: written, from: day), to: path,
                    comment: "US dollars times 10^12 per unit. Written by 'headgate prices import'.")
            }
            if prices.json { return Output.line(PriceListing.json(diff)) }
            Output.error(
                diff.isEmpty ? "There is nothing to change." : isDryRun ? "Nothing is written." : "\(path) is written.")
        }

        private func effectiveDay() throws -> Int64? {
            if from == "-" { return nil }
            guard let from else {
                return CivilDay.number(containing: WallClock.unixMicroseconds()) * CivilDay.microseconds
            }
            guard let day = CivilDay.number(from) else {
                throw ValidationError("--from: expected a day as 2027-01-01, or -")
            }
            return day * CivilDay.microseconds
        }
    }

    static func entries(ofList file: String) throws -> [PriceEntry] {
        let text = try TextFile.read(file, bytesMax: PriceList.bytesMax)
        do throws(PriceListError) {
            return try PriceList.entries(Array(text.utf8))
        } catch {
            throw Failure("\(file): \(error)")
        }
    }
}
