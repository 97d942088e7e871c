import ArgumentParser
import Core
import Foundation
import NIOCore
import Observability
import Stores
import Wire

struct CohortsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cohorts", abstract: "Put users into groups, by which 'costs --by cohort' tells.",
        subcommands: [List.self, Set.self, Import.self, Remove.self])

    /// The store, and whose users are meant.
    struct Options: ParsableArguments {
        @OptionGroup var store: KeysCommand.StoreOptions
        @Option(help: "The tenant whose users are meant.") var project = "default"

        func note(_ action: String, _ subject: String, in database: MetaDatabase) throws {
            try KeysCommand.explain { try database.note(.commandLine(action, subject)) }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List users and their cohorts.")
        @OptionGroup var options: Options
        @Option(help: "Only those in this cohort.") var cohort: String?

        func run() throws {
            let database = try options.store.open()
            var user: String?
            repeat {
                let page = try KeysCommand.explain {
                    try database.cohortPage(
                        project: options.project, cohort: cohort, after: user, limit: Limits.pageRecordsMax)
                }
                for entry in page.entries { show(entry) }
                user = page.next
            } while user != nil
        }

        private func show(_ entry: CohortEntry) {
            guard options.store.json else { return Output.line("\(entry.user)  \(entry.cohort)") }
            var writer = JSONWriter()
            writer.beginObject()
            writer.member("user", entry.user)
            writer.member("cohort", entry.cohort)
            writer.endObject()
            Output.line(writer.buffer.text)
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Put a user into a cohort.")
        @OptionGroup var options: Options
        @Argument(help: "The user, as in the tag 'user'.") var user: String
        @Argument(help: "The cohort.") var cohort: String

        func run() throws {
            let database = try options.store.open()
            try KeysCommand.explain {
                let entry = try CohortEntry(user: user, cohort: cohort)
                try database.putCohorts([entry], project: options.project, replacing: false)
            }
            try options.note("set cohort", options.project, in: database)
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put many users into cohorts, all of them or none.",
            discussion: "FILE ends in .json (an object, {\"user\": \"cohort\"}) or in .csv (lines of user,cohort).")
        @OptionGroup var options: Options
        @Argument(help: "The list.") var file: String
        @Flag(help: "Users that the list does not name are in no cohort any more.") var replace = false

        func run() throws {
            let isJSON = file.lowercased().hasSuffix(".json")
            guard isJSON || file.lowercased().hasSuffix(".csv") else {
                throw ValidationError("FILE must end in .json or .csv, which says how it is to be read")
            }
            let body = ByteBuffer(string: try TextFile.read(file, bytesMax: Limits.cohortImportBytesMax))
            let database = try options.store.open()
            let count = try explained {
                let entries = isJSON ? try CohortImport.json(body) : try CohortImport.csv(body)
                try database.putCohorts(entries, project: options.project, replacing: replace)
                return entries.count
            }
            let action = replace ? "replace cohorts" : "import cohorts"
            try options.note(action, "\(options.project): \(count) users", in: database)
            Output.error("\(count) users are in their cohorts.")
        }

        private func explained<Result>(_ body: () throws -> Result) throws -> Result {
            do {
                return try body()
            } catch let error as StoreError {
                throw Failure("\(file): \(error.explanation) Nothing was imported.")
            }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a user out of its cohort.")
        @OptionGroup var options: Options
        @Argument(help: "The user.") var user: String

        func run() throws {
            let database = try options.store.open()
            guard try KeysCommand.explain({ try database.removeCohort(of: user, project: options.project) }) else {
                throw Failure("The user '\(user)' is in no cohort of the project '\(options.project)'.")
            }
            try options.note("remove cohort", options.project, in: database)
        }
    }
}
