import Testing

@testable import Core

@Suite struct SecretTests {
    @Test func hasNoTextualForm() {
        let secret = Secret("sk-very-secret")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped] {
            #expect(!text.contains("very"))
        }
        #expect(secret.reveal() == "sk-very-secret")
    }
}

@Suite struct ExchangeIDTests {
    @Test func isAUUIDOfVersionSeven() {
        let id = ExchangeID(unixMilliseconds: 0x0123_4567_89AB, random: (.max, .max)).description
        #expect(id == "01234567-89ab-7fff-bfff-ffffffffffff")
        #expect(
            ExchangeID(unixMilliseconds: 1, random: (9, 9)).description
                < ExchangeID(unixMilliseconds: 2, random: (0, 0)).description)
    }
}

@Suite struct TagsTests {
    @Test func boundsWhatAClientMaySend() {
        var tags = Tags()
        for index in 0..<100 { tags.set("t\(index)", "v") }
        #expect(tags.entries.count == Limits.tagsMax)
        let isCut = tags.set("t0", String(repeating: "é", count: 1000))
        #expect(isCut)
        #expect(tags["t0"]!.utf8.count <= Limits.tagValueBytesMax && !tags["t0"]!.contains("\u{FFFD}"))
        let isTaken = tags.set(String(repeating: "n", count: 65), "v")
        #expect(!isTaken)
    }
}

@Suite struct ErrorCodeTests {
    @Test func givesEachReasonItsStatus() {
        let expected: [ErrorCode: Int] = [
            .invalidRequest: 400, .invalidAPIKey: 401, .permissionDenied: 403, .notFound: 404, .modelNotFound: 404,
            .methodNotAllowed: 405, .requestTimeout: 408, .requestTooLarge: 413, .rateLimitExceeded: 429,
            .budgetExceeded: 429,
            .headersTooLarge: 431, .internalError: 500, .upstreamError: 502, .upstreamUnreachable: 502,
            .overloaded: 503,
            .upstreamTimeout: 504, .streamInterrupted: 502,
        ]
        for code in ErrorCode.allCases { #expect(code.status == expected[code], "\(code.rawValue)") }
    }
}
