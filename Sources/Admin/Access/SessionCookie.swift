import Hummingbird

/// The cookie that says who is signed in. No script can read it, and no other page's request carries it.
enum SessionCookie {
    static let secondsMax = 12 * 3600
    private static let name = "headgate_session"

    static func value(in request: Request) -> String? { request.cookies[name]?.value }

    static func holding(_ value: String, isSecure: Bool) -> Cookie { cookie(value, secondsMax, isSecure: isSecure) }

    static func ended(isSecure: Bool) -> Cookie { cookie("", 0, isSecure: isSecure) }

    private static func cookie(_ value: String, _ seconds: Int, isSecure: Bool) -> Cookie {
        Cookie(
            name: name, value: value, maxAge: seconds, path: "/", secure: isSecure, httpOnly: true, sameSite: .strict)
    }
}
