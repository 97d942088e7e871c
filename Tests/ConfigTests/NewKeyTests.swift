import Config
import Core
import Testing

@Suite struct NewKeyTests {
    private func problem(_ change: (inout NewKey) -> Void) -> String? {
        var key = NewKey(name: "app")
        change(&key)
        do throws(NewKey.Problem) {
            _ = try key.stored(MadeToken(), classes: ["critical", "normal"], now: 0)
            return nil
        } catch {
            return error.member
        }
    }

    @Test func everyMemberIsChecked() {
        #expect(problem { _ in } == nil)
        #expect(problem { $0.name = "" } == "name")
        #expect(problem { $0.name = "a\u{1B}[31m" } == "name")
        #expect(problem { $0.name = String(repeating: "a", count: 10_000) } == "name")
        #expect(problem { $0.project = "../etc" } == "project")
        #expect(problem { $0.models = [] } == "models")
        #expect(problem { $0.models = ["a*b"] } == "models")
        #expect(problem { $0.tags = ["Team": "x"] } == "tags")
        #expect(problem { $0.tags = ["team": "x\n"] } == "tags")
        #expect(problem { $0.permissions = ["everything"] } == "permissions")
        #expect(problem { $0.record = "some" } == "record")
        #expect(problem { $0.priorityMax = "urgent" } == "priority_max")
    }

    @Test func whatIsSaidIsKept() throws {
        var wanted = NewKey(name: "app")
        wanted.record = "metadata"
        wanted.tags = ["team": "growth"]
        wanted.expiresAt = 7
        wanted.priorityMax = "critical"
        let token = MadeToken()
        let key = try wanted.stored(token, classes: ["critical"], now: 5)
        #expect(key.recordLevel == .metadata && key.tags == ["team": "growth"] && key.expiresAt == 7)
        #expect(key.tokens == [token.stored] && key.createdAt == 5 && key.models == ["*"])
        #expect(key.priorityMax == "critical")
    }
}
