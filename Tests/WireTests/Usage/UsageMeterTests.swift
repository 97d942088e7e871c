import Core
import Foundation
import NIOCore
import Testing

@testable import Wire

private func metered(
    _ text: String, _ format: AnswerFormat = .openAIChat, kind: String = "openai", type: String? = "text/event-stream"
) -> AnswerObservation {
    var meter = UsageMeter(format: format, flavour: UsageFlavour(kind: kind), contentType: type)
    meter.push(ByteBuffer(string: text))
    return meter.finish()
}

@Suite struct UsageMeterTests {
    private static func chunk(_ usage: String) -> String { "data: {\"choices\":[],\"usage\":\(usage)}\n\n" }

    @Test func aUsageThatComesLateCounts() {
        let seen = metered("data: [DONE]\n\n" + Self.chunk(#"{"prompt_tokens":3,"completion_tokens":2}"#))
        #expect(seen.usage.inputUncached == 3 && seen.usage.output == 2)
    }

    @Test func aUsageThatComesTwiceCountsOnce() {
        let chunk = Self.chunk(#"{"prompt_tokens":3,"completion_tokens":2}"#)
        #expect(metered(chunk + chunk).usage.named == ["input_uncached": 3, "output": 2])
    }

    @Test func anEmptyUsageTakesNothingBack() {
        let chunk = Self.chunk(#"{"prompt_tokens":3,"completion_tokens":2}"#)
        let seen = metered(chunk + Self.chunk("{}") + Self.chunk("null"))
        #expect(seen.usage.named == ["input_uncached": 3, "output": 2] && seen.usageSource == .provider)
    }

    @Test func aPartialUsageOfAMessageKeepsWhatWasSaidBefore() {
        let seen = metered(
            #"data: {"type":"message_start","message":{"usage":{"input_tokens":9,"cache_creation_input_tokens":5,"#
                + #""cache_creation":{"ephemeral_1h_input_tokens":5},"output_tokens":1}}}"# + "\n\n"
                + #"data: {"type":"message_delta","usage":{"cache_creation_input_tokens":5,"output_tokens":7}}"#
                + "\n\n",
            .anthropicMessages)
        #expect(seen.usage.named == ["input_uncached": 9, "cache_write_1h": 5, "output": 7])
    }

    @Test func theEndOfAnAnswerThatIsTooLargeIsEnough() {
        let filler = String(repeating: "[0.1,0.2],", count: Limits.meteredAnswerBytesMax / 8)
        let text = "{\"data\":[\(filler)1],\"usage\":{\"prompt_tokens\":8,\"total_tokens\":8},\"model\":\"m\"}"
        let bytes = Array(text.utf8)
        var meter = UsageMeter(format: .openAIChat, contentType: "application/json")
        var place = 0
        while place < bytes.count {
            meter.push(ByteBuffer(bytes: bytes[place..<min(place + 10_000, bytes.count)]))
            place += 10_000
        }
        let seen = meter.finish()
        #expect(seen.usage.inputUncached == 8 && seen.usageSource == .provider)
    }

    @Test func anAnswerThatIsTooLargeWithoutUsageHasNone() {
        let filler = String(repeating: "x", count: Limits.meteredAnswerBytesMax)
        let seen = metered("{\"data\":\"\\\"usage\\\":{}\(filler)\"}", type: "application/json")
        #expect(seen.usageSource == .none && seen.usage == TokenUsage())
    }

    @Test func soundAndPicturesAreNotRead() {
        let usage = #"{"usage":{"prompt_tokens":8}}"#
        #expect(metered(usage, type: "audio/mpeg").usageSource == .none)
        #expect(metered(usage, type: "application/problem+json").usageSource == .provider)
        #expect(metered(usage, type: nil).usageSource == .provider)
    }

    @Test func aBrokenLineCostsOneLine() {
        let seen = metered(
            #"{"message":{"content":"cut"# + "\n" + #"{"model":"m","done":true,"eval_count":4}"# + "\n", .ollama,
            type: "application/x-ndjson")
        #expect(seen.usage.output == 4 && seen.unreadableEvents == 1)
    }

    @Test func whatAProviderSaysOfItsPriceIsExact() {
        func cost(_ text: String) -> String? {
            metered(Self.chunk("{\"prompt_tokens\":1,\"cost\":\(text)}"), kind: "openrouter").statedCost?.usdText
        }
        #expect(cost("0.1") == "0.1")
        #expect(cost("3e-07") == "0.0000003")
        #expect(cost("\"12.50\"") == "12.5")
        #expect(cost("0.30000000000000004") == "0.3")
        #expect(cost("0.0000000000005") == "0.000000000001")
        #expect(cost("1e-40") == "0")
        #expect(cost("0") == "0")
        #expect(cost("-1") == nil && cost("1e50") == nil && cost("\"abc\"") == nil && cost("null") == nil)
        #expect(metered(Self.chunk(#"{"prompt_tokens":1,"cost":0.5}"#)).statedCost == nil)
    }

    @Test func numbersThatCannotBeAreNotTaken() {
        for text in ["-1", "1.5", "\"3\"", "1000000000001", "1e3", "true", "[1]"] {
            #expect(metered(Self.chunk("{\"prompt_tokens\":\(text)}")).usageSource == .none, "\(text)")
        }
        #expect(metered(Self.chunk(#"{"prompt_tokens":1000000000000}"#)).usage.inputUncached == Limits.statedTokensMax)
        #expect(metered(Self.chunk(#"{"prompt_tokens":12.0}"#)).usage.inputUncached == 12)
    }

    @Test func onlyXAIPutsReasoningOnTop() {
        let usage = #"{"prompt_tokens":1,"completion_tokens":9,"completion_tokens_details":{"reasoning_tokens":4}}"#
        #expect(metered(Self.chunk(usage)).usage.outputTotal == 9)
        #expect(metered(Self.chunk(usage), kind: "xai").usage.outputTotal == 13)
    }
}
