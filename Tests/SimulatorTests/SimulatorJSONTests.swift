import NIOCore
import Testing

@testable import Simulator

@Suite("The simulator's JSON")
struct SimulatorJSONTests {
    @Test("is written as it was read")
    func roundTrip() throws {
        let text = #"{"a":[1,-2,1.5,true,false,null],"b":{"c":"d\n\"\\\u0001é"},"e":[],"f":{}}"#
        #expect(String(buffer: try SimulatorJSON(parsing: text.utf8).written()) == text)
    }

    @Test("reads every escape, and half a surrogate as the replacement character")
    func escapes() throws {
        let text = #" "\b\f\n\r\t\/\\\"\u00e9\ud83d\ude00\ud83dx" "#
        let expected = "\u{8}\u{C}\n\r\t/\\\"é😀\u{FFFD}x"
        #expect(try SimulatorJSON(parsing: text.utf8) == .string(expected))
    }

    @Test("takes the last of two members of one name")
    func duplicate() throws {
        #expect(try SimulatorJSON(parsing: #"{"a":1,"a":2}"#.utf8)["a"] == 2)
    }

    @Test(
        "refuses what is not JSON",
        arguments: [
            "", " ", "{", "}", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "01", "-", "1.", "1e", "tru", "nul", "\"",
            "\"\\x\"", "\"\\u12\"", "\"\n\"", "1 2", "[1 2]", "1e999", "NaN", "'a'",
        ])
    func broken(text: String) {
        #expect(throws: SimulatorJSONError.self) { try SimulatorJSON(parsing: text.utf8) }
    }

    @Test("refuses bytes that are not UTF-8, and nesting without end")
    func bounds() {
        #expect(throws: SimulatorJSONError.self) { try SimulatorJSON(parsing: [0x22, 0xFF, 0x22]) }
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: SimulatorJSONError.self) { try SimulatorJSON(parsing: deep.utf8) }
    }
}
