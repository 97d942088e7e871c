import Core
import Foundation
import Testing

@testable import Wire

@Suite struct UsageGoldenTests {
    @Test func everyAnswerMeansWhatTheTableSays() throws {
        let fixtures = try UsageFixture.all()
        #expect(fixtures.count > 80)
        for fixture in fixtures {
            let seen = fixture.metered()
            let expected = fixture.expected
            let place = Comment(rawValue: fixture.file)
            #expect(seen.usage.named == expected["usage"] as? [String: Int], place)
            #expect(seen.usageSource.rawValue == expected["source"] as? String, place)
            #expect(seen.servedModel == expected["model"] as? String, place)
            #expect(seen.finishReason == expected["finish"] as? String, place)
            #expect(seen.serviceTier == expected["tier"] as? String, place)
            #expect(seen.statedCost?.usdText == expected["cost"] as? String, place)
            #expect(seen.sawError == expected["error"] as? Bool ?? false, place)
            #expect(seen.sawTerminal == expected["terminal"] as? Bool ?? true, place)
            #expect(seen.unreadableEvents == 0 && !seen.endedInsideEvent, place)
        }
    }

    @Test func aRequestUsesTheSameStreamedAndUnstreamed() throws {
        for (name, answers) in Dictionary(grouping: try UsageFixture.all(), by: \.name) {
            let seen = answers.map { $0.metered() }
            for other in seen.dropFirst() {
                #expect(other.usage == seen[0].usage && other.statedCost == seen[0].statedCost, "\(name)")
                #expect(other.content == seen[0].content && other.sawContent == seen[0].sawContent, "\(name)")
            }
        }
    }

    @Test func everyKindOfProviderHasAnAnswer() throws {
        let kinds = Set(try UsageFixture.all().map(\.kind))
        for kind in [
            "openai", "anthropic", "azure", "gemini", "vertex", "bedrock", "mistral", "groq", "deepseek", "xai",
            "cohere", "together", "fireworks", "cerebras", "openrouter", "perplexity", "voyage", "databricks",
            "ollama", "vllm", "sglang", "llamacpp",
        ] {
            #expect(kinds.contains(kind), "\(kind)")
        }
    }

    @Test func theSplitOfAnAnswerChangesNothing() throws {
        for fixture in try UsageFixture.all() {
            let whole = fixture.metered()
            #expect(fixture.meter(fixture.bytes.map { [$0] }) == whole, "\(fixture.file), byte by byte")
            // Every place is a cut: of a short answer alone, of a long one with others far from it.
            let distance = fixture.bytes.count < 300 ? fixture.bytes.count + 1 : 43
            for phase in 0..<distance {
                var pieces = [Array(fixture.bytes.prefix(phase))]
                for start in stride(from: phase, to: fixture.bytes.count, by: distance) {
                    pieces.append(Array(fixture.bytes[start...].prefix(distance)))
                }
                if fixture.meter(pieces) != whole { Issue.record("\(fixture.file), cut at \(phase)") }
            }
        }
    }

    @Test func whatIsCutOrChangedNeverCrashesNorCountsBelowZero() throws {
        let fixtures = try UsageFixture.all()
        let seconds = Double(ProcessInfo.processInfo.environment["HEADGATE_FUZZ_SECONDS"] ?? "") ?? 0.5
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            let seed = UInt64.random(in: .min ... .max)
            var random = RandomSource(seed: seed)
            let fixture = fixtures[Int(random.next() % UInt64(fixtures.count))]
            var bytes = fixture.bytes
            for _ in 0...(random.next() % 6) where !bytes.isEmpty {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 5 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: Array("-9e99.5\"{[".utf8).shuffled(using: &random), at: place)
                case 3: bytes.removeSubrange(place...)
                default: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
                }
            }
            let seen = fixture.meter([bytes])
            #expect(seen.usage.named.values.allSatisfy { $0 >= 0 }, "seed \(seed), \(fixture.file)")
            #expect((seen.statedCost ?? .zero) >= .zero, "seed \(seed), \(fixture.file)")
            let middle = bytes.isEmpty ? 0 : Int(random.next() % UInt64(bytes.count))
            let split = fixture.meter([Array(bytes[..<middle]), Array(bytes[middle...])])
            #expect(split == seen, "seed \(seed), \(fixture.file)")
        }
    }
}
