import Core
import Foundation
import Testing

@testable import Stores

@Suite struct LimitDatabaseTests {
    @Test func whatIsSavedComesBackAndAnEmptyOneIsForgotten() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let huge = Money(picoUSD: Int128(Int64.max) * 1000)
        let limits = [
            SavedLimit(
                rule: "budget/b", owner: "k", values: "ann",
                spent: [SavedLimit.Spent(slot: 1, amount: huge), SavedLimit.Spent(slot: 2, amount: Money(picoUSD: 3))]),
            SavedLimit(
                rule: "limit/l", owner: "k", values: "ann\u{1F}'\"",
                rates: [
                    SavedLimit.Rate(id: RateLimit.ID(unit: .requests, place: 0), used: 5, at: 7),
                    SavedLimit.Rate(id: RateLimit.ID(unit: .tokens, place: 1), used: 6, at: 7),
                ]),
        ]
        do {
            let database = try LimitDatabase(directory: directory)
            try database.save([
                SavedLimit(rule: "budget/b", owner: "k", values: "ann", spent: [.init(slot: 9, amount: huge)])
            ])
            try database.save(limits + [SavedLimit(rule: "limit/x", owner: "", values: "", rates: limits[1].rates)])
            try database.save([SavedLimit(rule: "limit/x", owner: "", values: "")])
        }
        #expect(try LimitDatabase(directory: directory).limits(since: 1) == limits)
        let later = try LimitDatabase(directory: directory).limits(since: 2)
        #expect(later.map(\.rule) == ["budget/b", "limit/l"] && later[0].spent.map(\.slot) == [2])
        let attributes = try FileManager.default.attributesOfItem(atPath: directory + "/limits.sqlite")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
}
