import Core
import Hummingbird
import NIOCore

/// The HTML around a page: its head, the menu, and the places that scripts fill.
struct PageShell: Sendable {
    let assets: DashboardAssets
    let version: String

    @Sendable func response(_ page: DashboardPage, _ request: Request, _ actor: AdminActor) -> Response {
        let html: HTMLText = """
            <!doctype html>
            <html lang="en"\(Self.theme(request))>
            \(head(title: page.title, scripts: true))
            <body data-name="\(actor.name)" data-role="\(actor.role.rawValue)" data-version="\(version)">
            <a class="skip" href="#main">Skip to the content</a>
            <nav class="menu" aria-label="Pages">
            <a class="brand" href="/"><img src="\(assets.path("mark.svg"))" alt="" width="20" height="20">Headgate</a>
            <ul>\(DashboardPage.all.filter(\.isListed).map { Self.link(to: $0, from: page) })</ul>
            <form class="account" method="post" action="/logout">
            <span title="Signed in as \(actor.name)">\(actor.name) · \(actor.role.rawValue)</span>
            <button class="button quiet" type="submit">Sign out</button></form>
            </nav>
            <div class="page">
            <header class="bar" id="bar"><h1 id="title" tabindex="-1">\(page.title)</h1><div id="tools"></div></header>
            <main id="main" tabindex="-1"><div class="skeleton" aria-hidden="true">
            <div class="skeleton-strip"></div><div class="skeleton-chart"></div><div class="skeleton-chart"></div>
            </div><noscript><p class="failure">The dashboard needs JavaScript. The same figures are told by
            <code>headgate costs</code>, <code>headgate traces</code> and the API under <code>/api/v1</code>.</p>
            </noscript>
            </main></div>
            <div id="announcements" class="for-readers" aria-live="polite"></div>
            <div id="toasts"></div>
            </body></html>
            """
        return Self.response(html)
    }

    func head(title: String, scripts: Bool) -> HTMLText {
        let modules = assets.names.filter { $0.hasSuffix(".js") }
        let styles = assets.names.filter { $0.hasSuffix(".css") }
        return """
            <head><meta charset="utf-8"><title>\(title) · Headgate</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="icon" href="\(assets.path("mark.svg"))">
            \(styles.map { "<link rel=\"stylesheet\" href=\"\(assets.path($0))\">" as HTMLText })
            \(scripts ? modules.map { "<link rel=\"modulepreload\" href=\"\(assets.path($0))\">" as HTMLText } : [])
            \(scripts ? ["<script type=\"module\" src=\"\(assets.path("app.js"))\"></script>"] : [])
            </head>
            """
    }

    static func response(_ html: HTMLText, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: PageHeaders.page,
            body: ResponseBody(byteBuffer: ByteBuffer(string: html.description)))
    }

    /// What the person chose; without it, the system's choice counts.
    static func theme(_ request: Request) -> HTMLText {
        switch request.cookies["headgate_theme"]?.value {
        case "dark": " data-theme=\"dark\""
        case "light": " data-theme=\"light\""
        default: ""
        }
    }

    private static func link(to target: DashboardPage, from page: DashboardPage) -> HTMLText {
        let current: HTMLText = page.isBelow(target) ? " aria-current=\"page\"" : ""
        return "<li><a href=\"\(target.path)\"\(current)>\(target.title)</a></li>"
    }
}
