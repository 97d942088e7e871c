import Testing

@testable import Wire

/// URLs that clients write: one meaning, or none.
@Suite struct WebURLTests {
    @Test(arguments: [
        ("https://a.example/b?c=d#e", true, "a.example", 443, "/b?c=d"),
        ("HTTPS://A.Example", true, "a.example", 443, "/"),
        ("http://a.example:8080?x", false, "a.example", 8080, "/?x"),
        ("https://[2001:DB8::1]:444/a", true, "2001:db8::1", 444, "/a"),
        ("https://127.0.0.1/", true, "127.0.0.1", 443, "/"),
    ]) func isTakenApart(_ text: String, _ isTLS: Bool, _ host: String, _ port: Int, _ target: String) throws {
        let url = try WebURL(text)
        #expect(url.isTLS == isTLS && url.host == host && url.port == port && url.target == target)
    }

    @Test(arguments: [
        "", "a.example", "ftp://a.example/", "file:///etc/passwd", "data:text/plain,a", "https://", "https:///a",
        "https://user@a.example/", "https://user:word@a.example/", "https://a.example:0/", "https://a.example:65536/",
        "https://a.example:8a/", "https://a..example/", "https://a example/", "https://a.example/\r\nhost: b",
        "https://a.example\\@b.example/", "https://\u{FF41}.example/", "https://[::1/", "https://[::1]a/",
        "https://[::1/64]/", "https://[1.2.3.4]/", "https://" + String(repeating: "a", count: 300) + "/",
        "https://a.example/" + String(repeating: "a", count: 9000),
    ]) func isRefused(_ text: String) { #expect(throws: WebURL.Problem.self) { try WebURL(text) } }
}
