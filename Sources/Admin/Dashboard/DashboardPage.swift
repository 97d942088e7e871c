/// A page of the dashboard: where it is, and who may see it.
struct DashboardPage: Sendable {
    let path: String
    let title: String
    /// Whether it stands in the menu.
    var isListed = true

    static let all: [DashboardPage] = [
        DashboardPage(path: "/", title: "Overview"),
        DashboardPage(path: "/requests", title: "Requests"),
        DashboardPage(path: "/traces", title: "Traces"),
        DashboardPage(path: "/traces/:id", title: "Trace", isListed: false),
        DashboardPage(path: "/sessions", title: "Sessions"),
        DashboardPage(path: "/users", title: "Users"),
        DashboardPage(path: "/costs", title: "Costs"),
        DashboardPage(path: "/providers", title: "Providers"),
        DashboardPage(path: "/keys", title: "Keys and limits"),
        DashboardPage(path: "/system", title: "Health"),
        DashboardPage(path: "/audit", title: "Audit log"),
    ]

    /// Whether a link of the menu leads to this page or to the list it belongs to.
    func isBelow(_ other: DashboardPage) -> Bool {
        path == other.path || (other.path != "/" && path.hasPrefix(other.path + "/"))
    }
}
