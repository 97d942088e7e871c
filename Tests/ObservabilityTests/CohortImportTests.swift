import Core
import NIOCore
import Testing

@testable import Observability

@Suite struct CohortImportTests {
    private func csv(_ text: String) throws(StoreError) -> [[String]] {
        try CohortImport.csv(ByteBuffer(string: text)).map { [$0.user, $0.cohort] }
    }

    private func json(_ text: String) throws(StoreError) -> [[String]] {
        try CohortImport.json(ByteBuffer(string: text)).map { [$0.user, $0.cohort] }
    }

    @Test(arguments: [
        "ann,pro\nbob,free\n", "user,cohort\r\nann,pro\r\nbob,free", "\u{FEFF}ann, pro\n\n\"bob\" , free\n",
        "\"ann\",\"pro\"\nbob,free\nbob,free\n",
    ]) func readsLines(text: String) throws {
        #expect(try csv(text) == [["ann", "pro"], ["bob", "free"]])
    }

    @Test func readsQuotedFields() throws {
        #expect(try csv("\"Doe, \"\"J\"\"\",a b\n") == [["Doe, \"J\"", "a b"]])
        #expect(try csv("") == [])
    }

    @Test func readsAnObject() throws {
        #expect(try json(#"{"ann": "pro", "b\u00f6b": "free"}"#) == [["ann", "pro"], ["böb", "free"]])
        let many = (0..<3000).map { #""u\#($0)": "c""# }.joined(separator: ",")
        #expect(try json("{\(many)}").count == 3000)
    }

    @Test(arguments: [
        ("ann,pro\nbob\n", "line 2: 1 fields"), ("ann,pro\n\nbob,a,b", "line 3: 3 fields"),
        ("ann,pro\nann,free\n", "line 2: the user 'ann' stands in line 1 too"),
        ("\"ann,pro\n", "line 1: a quoted field does not end"), ("\"a\"b,pro\n", "line 1: something follows"),
        ("\"a\nb\",pro", "line 1: the user has a control character"), (",pro", "line 1: the user is empty"),
    ]) func saysWhereALineIsWrong(text: String, wrong: String) {
        #expect(message { _ = try csv(text) }.contains(wrong))
    }

    @Test(arguments: [
        ("[]", "Send an object"), ("{\n\"ann\": 3}", "line 2: the cohort of 'ann' must be a text"),
        ("{\"ann\": \"pro\",\n\n\"ann\": \"free\"}", "line 3: the user 'ann' stands in line 1 too"),
        ("{\n\"ann\": }", "line 2: an unexpected character"), ("", "the document ends too early"),
    ]) func saysWhereAnObjectIsWrong(text: String, wrong: String) {
        #expect(message { _ = try json(text) }.contains(wrong))
    }

    @Test func isBounded() {
        let lines = (0...Limits.cohortImportEntriesMax).map { "u\($0),c" }.joined(separator: "\n")
        #expect(message { _ = try csv(lines) }.contains("more than 100000 users"))
        let long = ByteBuffer(repeating: 0x20, count: Limits.cohortImportBytesMax + 1)
        #expect(message { _ = try CohortImport.csv(long) }.contains("larger than 16 MiB"))
    }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "it was taken"
        } catch {
            return (error as? StoreError)?.explanation ?? "\(error)"
        }
    }
}
