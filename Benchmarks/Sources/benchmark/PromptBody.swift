import ArgumentParser
import Foundation

/// A chat request as applications send it, of an exact size and always the same for the same arguments.
struct PromptBody {
    enum Content: String, ExpressibleByArgument, CaseIterable {
        /// Sentences: a few escapes and a few characters outside ASCII.
        case prose
        /// A source file: a line break about every forty bytes, and quotes.
        case code

        fileprivate var pieces: [String] {
            switch self {
            case .prose: Self.sentences
            case .code: Self.lines
            }
        }

        // Both are written as they stand inside a JSON string.
        private static let sentences = [
            "The committee met on Tuesday to discuss the budget for the coming year and agreed on most of it. ",
            "Revenue rose by 12.5% to 3.4 million euros, while costs stayed flat for the third quarter in a row. ",
            #"Asked about the delay, the director answered: \"We would rather be late than wrong.\" "#,
            "Nobody in the room expected the second proposal to pass, and yet it did, by a margin of two votes. ",
            "The minutes name four open questions, each with an owner and a date, and one that has neither. ",
            "They moved to the café next door afterwards. ",
            "What remains is to compare the offers, to ask the two suppliers about delivery, and to decide. ",
            #"Please summarise the points above in three sentences and keep the numbers as they stand.\n\n"#,
        ]
        private static let lines = [
            #"func load(_ name: String) throws -> Table {\n"#,
            #"    guard let file = open(name, \"r\") else {\n"#,
            #"        throw LoadError.missing(\"no file \\(name)\")\n"#,
            #"    }\n"#,
            #"\n"#,
            #"    var rows: [Row] = []\n"#,
            #"    for line in file.lines where !line.isEmpty {\n"#,
            #"        rows.append(Row(line.split(separator: \"\\t\")))\n"#,
            #"    }\n"#,
            #"    return Table(rows, sortedBy: \\.date) // the newest last\n"#,
            #"}\n"#,
        ]
    }

    /// Bytes of text in one message: a long prompt is a conversation, not one string.
    private static let messageBytesMax = 8000

    let model: String
    let bytes: Int
    var isStream = false
    var content = Content.prose

    /// - Throws: when the size is too small for what a request needs.
    func make() throws -> [UInt8] {
        var body = #"{"model":"\#(model)","temperature":0.2,"# + (isStream ? #""stream":true,"# : "")
        body += #""messages":[{"role":"system","content":"You are a helpful assistant."}"#
        let pieces = content.pieces
        var next = 0
        var turn = 0
        let end = #""}]}"#
        while true {
            body += #",{"role":"\#(turn % 2 == 0 ? "user" : "assistant")","content":""#
            let room = bytes - end.utf8.count - body.utf8.count
            guard room >= 0 else { throw Failure("a body of \(bytes) bytes is too small") }
            // The last message takes what is left, so that none is too short to be written.
            let isLast = room < 2 * Self.messageBytesMax
            var left = isLast ? room : Self.messageBytesMax
            while left >= pieces[next % pieces.count].utf8.count {
                body += pieces[next % pieces.count]
                left -= pieces[next % pieces.count].utf8.count
                next += 1
            }
            turn += 1
            if isLast {
                body += String(repeating: ".", count: left) + end
                return Array(body.utf8)
            }
            body += #""}"#
        }
    }
}

struct BodyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "body", abstract: "Print a chat request.")

    @Option var model: String
    @Option var bytes: Int
    @Flag var stream = false

    func run() throws {
        let body = try PromptBody(model: model, bytes: bytes, isStream: stream).make()
        FileHandle.standardOutput.write(Data(body))
    }
}
