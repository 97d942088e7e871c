import Core
import Testing

@testable import Proxy

@Suite struct KeptAnswersTests {
    @Test func answersShareTheRoomAndGiveItBack() {
        let kept = KeptAnswers()
        #expect(kept.take(Limits.keptAnswerBytesPerLoopMax - 10))
        #expect(!kept.take(11) && kept.take(10))
        kept.give(Limits.keptAnswerBytesPerLoopMax)
        #expect(kept.take(Limits.keptAnswerBytesPerLoopMax))
    }
}
