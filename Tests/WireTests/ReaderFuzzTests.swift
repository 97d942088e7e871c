import Core
import Foundation
import NIOCore
import TestKit
import Testing

@testable import Wire

/// Mutated messages and streams, cut at random places; `HEADGATE_FUZZ_SECONDS` says for how long. The seed is told
/// when something is wrong.
@Suite struct ReaderFuzzTests {
    /// Calls `body` with generators of known seeds until the time is over.
    private func fuzz(_ body: (inout RandomSource, UInt64) -> Void) {
        let seconds = Double(ProcessInfo.processInfo.environment["HEADGATE_FUZZ_SECONDS"] ?? "") ?? 0.3
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            let seed = UInt64.random(in: .min ... .max)
            var random = RandomSource(seed: seed)
            body(&random, seed)
        }
    }

    private func mutated(_ texts: [String], _ random: inout RandomSource) -> [UInt8] {
        mutated(Array(texts[Int(random.next() % UInt64(texts.count))].utf8), &random)
    }

    private func mutated(_ original: [UInt8], _ random: inout RandomSource) -> [UInt8] {
        var bytes = original
        for _ in 0..<(random.next() % 4) {
            let place = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 4 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(bytes[Int(random.next() % UInt64(bytes.count))], at: place)
            default: bytes.insert(contentsOf: bytes[place...].prefix(Int(random.next() % 20)), at: place)
            }
            if bytes.isEmpty { return [0] }
        }
        return bytes
    }

    private func cut(_ bytes: [UInt8], _ random: inout RandomSource) -> [ByteBuffer] {
        var pieces: [ByteBuffer] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = 1 + Int(random.next() % 16)
            pieces.append(ByteBuffer(bytes: rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return pieces
    }

    @Test func requestsAreReadTheSameHoweverTheyAreCut() {
        let texts = [
            "POST /v1/a?b HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nhost: h\r\n\r\n",
            "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n1;a=b\r\n!\r\n0\r\nt: 1\r\n\r\nGET / HTTP/1.0\r\n\r\n",
        ]
        func read(_ pieces: [ByteBuffer]) -> String {
            var reader = RequestReader(limits: HeadLimits(bytesMax: 200, fieldsMax: 5))
            var seen = ""
            for piece in pieces {
                reader.append(piece)
                do throws(MalformedMessage) {
                    while let part = try reader.next() {
                        switch part {
                        case .head(let head):
                            seen += "<\(head.methodText) \(head.path) \(head.framing) \(head.keepsAlive)>"
                        case .body(let bytes): seen += String(buffer: bytes)
                        case .end: seen += "<end>"
                        }
                    }
                } catch {
                    // What is refused may be told by one reason or another, as far as the bytes have come.
                    return seen + "<refused>"
                }
            }
            return seen
        }
        fuzz { random, seed in
            let bytes = mutated(texts, &random)
            #expect(read([ByteBuffer(bytes: bytes)]) == read(cut(bytes, &random)), "seed \(seed)")
        }
    }

    @Test func answersAreReadTheSameHoweverTheyAreCut() {
        let texts = [
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 No\r\nretry-after: 1\r\ncontent-length: 3\r\n\r\nabc",
            "HTTP/1.0 200 OK\n\nabc",
        ]
        func read(_ pieces: [ByteBuffer]) -> String {
            var reader = ResponseReader(limits: HeadLimits(bytesMax: 200, fieldsMax: 5))
            reader.expectAnswer(toHEAD: false)
            var seen = ""
            for piece in pieces {
                reader.append(piece)
                do throws(MalformedMessage) {
                    while let part = try reader.next() {
                        switch part {
                        case .head(let head): seen += "<\(head.status) \(head.framing) \(head.keepsAlive)>"
                        case .body(let bytes): seen += String(buffer: bytes)
                        case .end: seen += "<end>"
                        }
                    }
                } catch {
                    return seen + "<refused>"
                }
            }
            return seen + "\(reader.connectionEnded())"
        }
        fuzz { random, seed in
            let bytes = mutated(texts, &random)
            #expect(read([ByteBuffer(bytes: bytes)]) == read(cut(bytes, &random)), "seed \(seed)")
        }
    }

    @Test func streamsAreReadAndPassedOnTheSameHoweverTheyAreCut() {
        let texts = [
            "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":1}}\r\n\r\n: c\n\ndata: [DONE]\n\n",
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":3}}}\n\nevent: ping\ndata: {}\n\n",
        ]
        func pass(_ pieces: [ByteBuffer], strips: Bool) -> String {
            var stage = EventStage(dialect: strips ? .openAI : .anthropic, stripsUsage: strips)
            var output = StageOutput()
            do throws(StreamError) {
                for piece in pieces { try stage.push(piece, into: &output) }
                try stage.finish(into: &output)
            } catch {
                return "\(error)"
            }
            // Where lines end in three ways at once, an empty line more or less is no difference.
            let bytes = output.buffers.flatMap { Array($0.readableBytesView) }
            let lines = bytes.split { $0 == 0x0A || $0 == 0x0D }.map { String(decoding: $0, as: UTF8.self) }
            return "\(lines) \(stage.observation)"
        }
        fuzz { random, seed in
            let bytes = mutated(texts, &random)
            let strips = random.next() % 2 == 0
            #expect(
                pass([ByteBuffer(bytes: bytes)], strips: strips) == pass(cut(bytes, &random), strips: strips),
                "seed \(seed)")
        }
    }

    @Test func whatIsForwardedIsTheStreamItself() throws {
        let text =
            "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}], \"x\":1e3 }\r\n\r\n: comment\n\nevent: unknown\ndata: \n\ndata: [DONE]\n\n"
        fuzz { random, seed in
            var stage = EventStage(dialect: .openAI, stripsUsage: false)
            var output = StageOutput()
            for piece in cut(Array(text.utf8), &random) { try? stage.push(piece, into: &output) }
            #expect(output.buffers.map { String(buffer: $0) }.joined() == text, "seed \(seed)")
        }
    }

    /// What a client sends on a socket of Responses, and what is said to it and asked for it.
    @Test func messagesOfASocketAreReadTheSameHoweverTheyAreCut() {
        let stream =
            WebSocketBytes.text(#"{"type":"response.create","generate":false,"input":[{"a":1}],"stream_id":"s"}"#)
            + WebSocketBytes.frame(9, [1], mask: [1, 2, 3, 4]) + WebSocketBytes.text(#"{"type":"x"}"#)
            + WebSocketBytes.frame(1, Array(#"{"type":"response.cre"#.utf8), isLast: false, mask: [0, 0, 0, 0])
            + WebSocketBytes.frame(
                0, Array(#"ate","previous_response_id":"resp_w","input":"x"}"#.utf8), mask: [9, 9, 9, 9])
        let answer = "HTTP/1.1 503 No\r\ncontent-length: 2\r\n\r\n{}"
        /// - Returns: nil where the connection ends, with what has not been answered.
        func talk(_ pieces: [ByteBuffer]) -> String? {
            var dialogue = ResponsesDialogue(bodyBytesMax: 300)
            var said = ByteBuffer()
            for piece in pieces {
                dialogue.receive(piece)
                do throws(WebSocketClose) {
                    while let body = try dialogue.nextBody({ .init(id: "w", unixSeconds: 1) }, into: &said) {
                        said.writeImmutableBuffer(body)
                        dialogue.answer(ByteBuffer(string: answer), into: &said)
                    }
                } catch {
                    return nil
                }
                if dialogue.isClosedByClient { return nil }
            }
            return "\(Array(said.readableBytesView)) \(dialogue.isInsideMessage)"
        }
        fuzz { random, seed in
            let bytes = mutated(stream, &random)
            guard let whole = talk([ByteBuffer(bytes: bytes)]) else { return }
            // Pongs may come before or behind what is said to the messages around them.
            #expect(talk(cut(bytes, &random))?.count == whole.count, "seed \(seed)")
        }
    }
}
