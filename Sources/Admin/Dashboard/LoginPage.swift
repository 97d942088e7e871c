import Hummingbird

/// The door: one field, and how to get what goes into it.
enum LoginPage {
    /// - Parameters:
    ///   - next: where one wanted to go.
    ///   - problem: why the last try was in vain.
    static func response(
        _ shell: PageShell, _ request: Request, next: String, problem: String?, status: HTTPResponse.Status = .ok
    ) -> Response {
        let told: [HTMLText] = problem.map { ["<p class=\"failure\" role=\"alert\" id=\"problem\">\($0)</p>"] } ?? []
        let html: HTMLText = """
            <!doctype html>
            <html lang="en"\(PageShell.theme(request))>
            \(shell.head(title: "Sign in", scripts: false))
            <body class="login"><main>
            <h1><img src="\(shell.assets.path("mark.svg"))" alt="" width="28" height="28">Headgate</h1>
            \(told)
            <form method="post" action="/login">
            <input type="hidden" name="next" value="\(next)">
            <label for="code">Login code or admin token</label>
            <input id="code" name="code" type="password" autocomplete="one-time-code" autocapitalize="characters"
             spellcheck="false" required autofocus\(problem == nil ? "" : " aria-describedby=\"problem\"" as HTMLText)>
            <button class="button primary" type="submit">Sign in</button>
            </form>
            <p>A code is good once and for ten minutes. Make one on the server:</p>
            <pre>headgate login-code</pre>
            </main></body></html>
            """
        return PageShell.response(html, status: status)
    }
}
