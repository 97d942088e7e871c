import NIOCore
import Wire

/// What a client has of an answer.
struct ReceivedAnswer {
    private(set) var status = 0
    private(set) var requestID = ""
    private(set) var isStream = false
    private(set) var body = ByteBuffer()
    /// Its framing has ended.
    var isComplete = false

    mutating func begin(_ head: ResponseHead) {
        status = head.status
        requestID = head.fields.first(.xRequestID) ?? ""
        isStream = head.fields.first(.contentType) == "text/event-stream"
    }

    mutating func receive(_ bytes: ByteBuffer) { body.writeImmutableBuffer(bytes) }

    /// The stream says that it has come to its end. OpenAI's says so in its last choice already.
    var hasEnd: Bool { body.contains(#""finish_reason":"stop""#) || body.contains("event: message_stop\n") }
    /// Behind it nothing may come.
    var hasLastEvent: Bool { body.contains("data: [DONE]\n") || body.contains("event: message_stop\n") }
    /// The stream tells of an error.
    var hasError: Bool {
        body.contains("event: error\n") || body.contains(#"data: {"error":"#)
            || body.contains(#"data: {"type":"error","#)
    }

    struct Mark: Equatable {
        let answer: Int
        let piece: Int
    }

    /// The pieces of upstreams' answers in it, in order; one whose end is missing is none.
    var marks: [Mark] {
        body.withUnsafeReadableBytes { bytes in
            var marks: [Mark] = []
            var place = 0
            while place < bytes.count {
                defer { place += 1 }
                guard bytes[place] == UInt8(ascii: "#") else { continue }
                var numbers = [0, 0]
                var which = 0
                var end = place + 1
                while end < bytes.count, bytes[end] != UInt8(ascii: ";") {
                    if bytes[end] == UInt8(ascii: ".") {
                        which = 1
                    } else {
                        numbers[which] = numbers[which] * 10 + Int(bytes[end] &- UInt8(ascii: "0"))
                    }
                    end += 1
                }
                guard end < bytes.count else { break }
                marks.append(Mark(answer: numbers[0], piece: numbers[1]))
            }
            return marks
        }
    }
}
