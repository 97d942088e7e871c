import Hummingbird

/// What each page says to the browser: only our own scripts and styles, from nowhere else, framed by nobody.
enum PageHeaders {
    static var common: HTTPFields {
        var headers = HTTPFields()
        headers[.xContentTypeOptions] = "nosniff"
        return headers
    }

    static var page: HTTPFields {
        var headers = common
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.cacheControl] = "no-store"
        headers[.contentSecurityPolicy] = policy
        for (name, value) in others {
            if let name = HTTPFields.Element.Name(name) { headers[name] = value }
        }
        return headers
    }

    /// Images: our own, and those that stand in a prompt as bytes. Text cannot become markup: no sink for it is open.
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
        "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ].joined(separator: "; ")

    private static let others = [
        ("referrer-policy", "same-origin"), ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"), ("permissions-policy", "camera=(), microphone=()"),
        ("x-frame-options", "DENY"),
    ]
}
