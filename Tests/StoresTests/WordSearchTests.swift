import Core
import Foundation
import GRDB
import Testing

@testable import Stores

@Suite struct WordSearchTests {
    private let folder = Folder()
    private let store: SQLiteRecordStore
    private static let dayAfter = Samples.start + 2 * 86_400_000_000

    private static let texts = [
        "A refund for order 3.57, please", "The REFUNDED sum is 12 euros", "prerefund nothing", "straße und Café",
        "请给我退款 today", "x-request-id: 100%_done", "nothing at all", "Zanzibar's harbour, zanzibar again",
    ]

    init() { store = SQLiteRecordStore(directory: folder.path) }

    private func write(_ number: Int, _ text: String, answer: String? = "answered") throws {
        let record = Samples.record(number, at: Samples.start + Int64(number) * 1000)
        try store.write([
            RecordToStore(record: record, requestPreview: text, responsePreview: answer, keepsRow: true)
        ])
    }

    private func fill() throws {
        for (number, text) in Self.texts.enumerated() { try write(number, text) }
    }

    /// - Returns: the places of the texts that fit, oldest first.
    private func found(_ text: String) throws -> [Int] {
        let filter = RecordFilter(since: Samples.start - 1, until: Samples.start + 3_600_000_000, text: text)
        let page = try store.page(RecordQuery(filter, limit: 1000))
        let sums = try store.sums(SumQuery(filter, by: []))
        #expect(sums.reduce(0) { $0 + $1.sums.requests } == page.records.count)
        return page.records.map { Int(($0.record.startedAtUnixMicroseconds - Samples.start) / 1000) }.sorted()
    }

    /// - Returns: how many visits it took.
    @discardableResult
    private func index(rowsMax: Int = 100) throws -> Int {
        var visits = 0
        while try store.indexWords(now: Self.dayAfter, rowsMax: rowsMax) { visits += 1 }
        return visits
    }

    private func isIndexed() throws -> Bool {
        try DatabaseQueue(path: try #require(folder.files(".sqlite").first)).read(WordIndex.isComplete)
    }

    private func filesHave(_ word: String) throws -> Bool {
        try folder.files("").contains { path in
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue else {
                return false
            }
            return try Data(contentsOf: URL(fileURLWithPath: path)).range(of: Data(word.utf8)) != nil
        }
    }

    @Test(arguments: [false, true]) func findsWordsWithAndWithoutAnIndexAlike(_ indexes: Bool) throws {
        try fill()
        if indexes { try index() }
        #expect(try isIndexed() == indexes)
        #expect(try found("refund") == [0, 1])
        #expect(try found("ORDER refund") == [0])
        #expect(try found("fund") == [])
        #expect(try found("3.5") == [0])
        #expect(try found("STRASSE") == [] && found("STRAß") == [3] && found("CAFÉ") == [3])
        #expect(try found("退款") == [4] && found("款退") == [] && found("给") == [4])
        #expect(try found("x-req") == [5] && found("request-x") == [])
        #expect(try found("100%_'") == [5])
        #expect(try found("%") == [5] && found("' \" *") == [])
        #expect(try found("harbour answer") == [7])
        #expect(try found("") == Array(Self.texts.indices))
    }

    @Test func isMadePieceByPieceAndUsedWhenItIsWhole() throws {
        try fill()
        #expect(try store.indexWords(now: Self.dayAfter, rowsMax: 3))
        #expect(try !isIndexed() && found("refund") == [0, 1])
        #expect(try index(rowsMax: 3) == 2)
        #expect(try isIndexed() && found("zanzibar") == [7])
        #expect(try !store.indexWords(now: Self.dayAfter, rowsMax: 3))
    }

    @Test func aDayThatIsNotOverIsLeftAlone() throws {
        try fill()
        #expect(try !store.indexWords(now: Samples.start + 3_600_000_000))
        #expect(try !isIndexed())
    }

    @Test func aLateRecordIsFoundAndTheIndexMadeAnew() throws {
        try fill()
        try index()
        try write(20, "a late refund")
        #expect(try !isIndexed() && found("refund") == [0, 1, 20])
        try index()
        #expect(try isIndexed() && found("refund") == [0, 1, 20])
    }

    @Test func anotherOpeningGoesOnWhereTheLastOneEnded() throws {
        try fill()
        _ = try store.indexWords(now: Self.dayAfter, rowsMax: 3)
        let other = SQLiteRecordStore(directory: folder.path)
        while try other.indexWords(now: Self.dayAfter, rowsMax: 3) {}
        #expect(try isIndexed() && found("refund") == [0, 1] && found("zanzibar") == [7])
    }

    /// A piece a row, so that the index has moved its words about.
    @Test func anErasureTakesTheWordsToo() throws {
        try fill()
        try index(rowsMax: 1)
        #expect(try filesHave("zanzibar"))
        #expect(try store.erase(RecordFilter.Term(.user, "user-0"), project: "default") == 2)
        #expect(try !filesHave("zanzibar") && !filesHave("Zanzibar"))
        try index()
        #expect(try isIndexed() && found("zanzibar") == [] && found("refunded") == [1] && !filesHave("zanzibar"))
    }

    @Test func retentionTakesTheWordsToo() throws {
        try fill()
        try index()
        let gone = try store.retain(days: 1, bytes: .max, now: Self.dayAfter)
        #expect(gone.count == 1)
        #expect(try found("refund") == [] && !filesHave("refund"))
    }
}
