import Config
import Core
import Foundation
import Testing

@testable import Admin

/// What stands between a stranger and the dashboard.
@Suite struct DoorTests {
    @Test(arguments: [
        "//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", "", "/a b", "/login",
    ])
    func oneIsOnlyLedToPlacesOfThisSite(_ path: String) {
        #expect(LoginHandlers.localPath(path) == "/")
    }

    @Test(arguments: ["/", "/requests?model=a%2Fb&since=7d", "/traces/0123"]) func onesOwnPlacesAreKept(_ path: String)
    {
        #expect(LoginHandlers.localPath(path) == path)
    }

    @Test func tenWrongCodesInAMinuteAreEnough() {
        let throttle = LoginThrottle()
        for place in 0..<10 {
            #expect(throttle.attempt(now: Int64(place) * 1_000_000) == nil)
        }
        #expect(throttle.attempt(now: 10_000_000) == 50)
        #expect(throttle.attempt(now: 59_999_999) == 1)
        #expect(throttle.attempt(now: 60_000_000) == nil)
        #expect(throttle.attempt(now: 60_000_001) == 1)
        throttle.forgive(attemptAt: 60_000_000)
        #expect(throttle.attempt(now: 60_000_002) == nil)
    }

    @Test func ofManyAtOnceTenAreTried() async {
        let throttle = LoginThrottle()
        let tried = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 { group.addTask { throttle.attempt(now: 1) == nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(tried == LoginThrottle.failuresMax)
    }

    @Test func aCodeIsTakenAsPeopleTypeIt() {
        let code = MadeLoginCode(name: "ada", role: .viewer, now: 0)
        #expect(code.text.split(separator: "-").map(\.count) == [4, 4, 4])
        for typed in [code.text.lowercased(), code.text.filter { $0 != "-" }, " \(code.text)\n"] {
            #expect(MadeLoginCode.digest(of: typed) == code.stored.digest)
        }
        #expect(code.stored.expiresAt == 600_000_000)
    }

    @Test func whatIsPutIntoAPageIsText() {
        let hostile = "<script>alert(\"1\")</script>&'"
        let html: HTMLText = "<p title=\"\(hostile)\">\(hostile)</p>"
        #expect(html.description.components(separatedBy: "<").count == 3)
        #expect(html.description.hasPrefix("<p title=\"&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;\">"))
    }

    @Test func everyPathOfThePageTableLeadsToItsPage() {
        for page in DashboardPage.all {
            #expect(DashboardRoutes.page(at: page.path.replacing(":id", with: "7"))?.path == page.path)
        }
        for path in ["/api/v1/keys", "/requests/x", "/traces/a/b", "/nothing"] {
            #expect(DashboardRoutes.page(at: path) == nil)
        }
    }
}
