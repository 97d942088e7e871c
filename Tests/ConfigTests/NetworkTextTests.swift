import Core
import Plan
import Testing

@testable import Config

/// Networks, URLs and the proxies of the environment.
@Suite struct NetworkTextTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("0.0.0.0/0", "1.2.3.4", true),
        ("192.168.1.0/25", "192.168.1.127", true), ("192.168.1.0/25", "192.168.1.128", false),
        ("1.2.3.4", "1.2.3.4", true), ("1.2.3.4", "1.2.3.5", false), ("2001:db8::/32", "2001:DB8:1::2", true),
        ("2001:db8::/32", "2001:db9::", false), ("::/0", "::1", true), ("::/0", "1.2.3.4", false),
        ("0.0.0.0/0", "::1", false), ("::ffff:10.0.0.1", "::ffff:a00:1", true), ("fe80::/10", "febf::1", true),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", true),
    ]) func networks(_ network: String, _ address: String, _ isInside: Bool) throws {
        #expect(try #require(IPNetwork(network)).contains(try #require(IPNetwork(address))) == isInside)
    }

    @Test(arguments: [
        "", "/", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.-4", "1.2.3.+4", "1.2.3.4/", "1.2.3.4/33",
        "1.2.3.4/-1", "1.2.3.4/8/8", "1.2.3.4/99999999999999999999", ":", ":::", "::1::", "1:2:3:4:5:6:7", "12345::",
        "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::g", "::1/129", "1.2.3.4::", "::1.2.3", "::1.2.3.4:5",
        "fe80::1%eth0",
        "host", "１.2.3.4", "[::1]",
    ]) func noNetworks(_ text: String) {
        #expect(IPNetwork(text) == nil)
    }

    @Test(arguments: [
        ("", "expected a URL such as https://host/path"), ("host/v1", "expected a URL such as https://host/path"),
        ("ftp://host", "expected a URL that begins with http:// or https://"),
        ("://host", "expected a URL that begins with http:// or https://"),
        ("http://", "the URL has no valid host or port"), ("http:///v1", "the URL has no valid host or port"),
        ("http://:80", "the URL has no valid host or port"), ("http://host:", "the URL has no valid host or port"),
        ("http://host:0", "the URL has no valid host or port"),
        ("http://host:99999", "the URL has no valid host or port"),
        ("http://[::1", "the URL has no valid host or port"), ("http://[host]/", "the URL has no valid host or port"),
        ("http://a..b", "the URL has no valid host or port"), ("http://@/", "the URL has no valid host or port"),
        ("http://u@host", "a base URL must not hold a user or password; write the credential as 'api_key'"),
        ("http://host?a", "a base URL must not hold a query"), ("http://host/v1?", "a base URL must not hold a query"),
        ("http://host#", "a base URL must not hold a fragment"),
        ("http://host/a b", "the URL holds a space, a control character or one that is not ASCII"),
        ("http://höst", "the URL holds a space, a control character or one that is not ASCII"),
    ]) func noBaseURLs(_ text: String, _ message: String) {
        #expect(throws: URLText.Problem(message: message)) { try URLText.baseURL(text) }
    }

    @Test(
        arguments: [
            ("http://proxy", "proxy", 1080, nil), ("http://proxy:3128/", "proxy", 3128, nil),
            ("proxy:8080", "proxy", 8080, nil),
            ("HTTP://u@PROXY:1", "proxy", 1, "Basic dTo="), ("u:p@proxy", "proxy", 1080, "Basic dTpw"),
            ("http://u:p%3A%40@[::1]:1", "::1", 1, "Basic dTpwOkA="),
        ] as [(String, String, Int, String?)])
    func proxies(_ url: String, _ host: String, _ port: Int, _ authorization: String?) throws {
        let proxy = try ProxyURLText.parse(url, schemeOptional: true)
        #expect(proxy.host == host)
        #expect(proxy.port == port)
        #expect(proxy.authorization?.reveal() == authorization)
    }

    @Test(arguments: [
        "", "https://proxy", "socks5://proxy", "http://proxy/path", "http://proxy?a", "http://proxy#a", "http://u:%@p",
        "http://u:%4@p", "http://u:%+1@p", "http://u:%zz@p", "http://:@", "http://proxy:0",
    ]) func noProxies(_ url: String) {
        #expect(throws: URLText.Problem.self) { try ProxyURLText.parse(url, schemeOptional: true) }
    }

    @Test(arguments: [
        ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("", ""), ("\u{3f}\u{3e}~", "Pz5+"),
    ]) func base64(_ text: String, _ encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
    }
}
