import GRDB

/// Texts of one day's file as numbers. Known ones are remembered, up to a limit; the file knows all. After a failed
/// transaction a new one is made.
final class StringTable {
    private var numbers: [String: Int32] = [:]
    private let find: BulkStatement
    private let insert: BulkStatement
    private var last: Int32

    private static let rememberedMax = 200_000

    init(_ database: Database) throws {
        find = try BulkStatement(database, "SELECT id FROM strings WHERE text = ?")
        insert = try BulkStatement(database, "INSERT INTO strings (id, text) VALUES (?, ?)")
        last = try Int32.fetchOne(database, sql: "SELECT max(id) FROM strings") ?? 0
    }

    /// - Returns: 0 for none.
    func number(_ text: String?) throws -> Int32 {
        guard let text, !text.isEmpty else { return 0 }
        if let known = numbers[text] { return known }
        if numbers.count >= Self.rememberedMax { numbers.removeAll(keepingCapacity: true) }
        var found: Int32 = 0
        find.bind(text)
        try find.rows { found = Int32($0.integer(0)) }
        if found == 0 {
            last += 1
            found = last
            insert.bind(Int64(found))
            insert.bind(text)
            try insert.run()
        }
        numbers[text] = found
        return found
    }
}
