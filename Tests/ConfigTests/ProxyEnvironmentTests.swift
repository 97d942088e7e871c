import Plan
import Testing

@testable import Config

/// `proxy: env`: which calls go through the proxy that the environment names.
@Suite struct ProxyEnvironmentTests {
    private func goesThrough(_ url: String, _ environment: [String: String]) throws -> Bool {
        let base = try URLText.baseURL(url)
        return try ProxyEnvironment(environment).proxy(for: base.origin) != nil
    }

    @Test func callsWithTLSGoThroughTheProxy() throws {
        let proxy = try #require(
            try Load.provider(
                "{ kind: openai, api_key: k }", environment: ["HTTPS_PROXY": "http://proxy.example:3128"]
            ).proxy)
        #expect(proxy.host == "proxy.example")
        #expect(proxy.port == 3128)
        #expect(try goesThrough("https://api.example", ["https_proxy": "proxy"]))
        #expect(try !goesThrough("http://api.example", ["HTTPS_PROXY": "proxy"]))
        #expect(try !goesThrough("https://api.example", ["HTTPS_PROXY": ""]))
        #expect(try !goesThrough("https://api.example", ["HTTP_PROXY": "proxy"]))
    }

    @Test func theUpperCaseVariableCountsFirst() throws {
        let environment = ["HTTPS_PROXY": "first", "https_proxy": "second"]
        let origin = try URLText.baseURL("https://api.example").origin
        #expect(try ProxyEnvironment(environment).proxy(for: origin)?.host == "first")
    }

    @Test(arguments: ["https://localhost", "https://a.localhost", "https://127.0.0.1:8443", "https://[::1]"])
    func thisMachineIsNeverProxied(_ url: String) throws {
        #expect(try !goesThrough(url, ["HTTPS_PROXY": "proxy"]))
    }

    @Test(arguments: [
        ("*", "https://api.example", true), ("api.example", "https://api.example", true),
        ("example", "https://api.example", true), (".example", "https://api.example", true),
        ("*.api.example", "https://eu.api.example", true), ("API.Example", "https://api.example", true),
        ("pi.example", "https://api.example", false), ("api.example.com", "https://api.example", false),
        ("api.example:443", "https://api.example", true), ("api.example:8443", "https://api.example", false),
        (".example:8443", "https://api.example:8443", true), ("other, api.example", "https://api.example", true),
        ("other,,api.example,", "https://api.example", true), ("other api.example", "https://api.example", true),
        ("10.0.0.0/8", "https://10.1.2.3", true), ("10.0.0.0/8", "https://11.1.2.3", false),
        ("10.1.2.3", "https://10.1.2.3", true), ("10.1.2.3:443", "https://10.1.2.3", true),
        ("10.1.2.3:80", "https://10.1.2.3", false), ("2001:db8::/32", "https://[2001:db8::1]", true),
        ("2001:db8::1", "https://[2001:DB8:0::1]", true), ("[2001:db8::1]:443", "https://[2001:db8::1]", true),
        ("[2001:db8::1]:80", "https://[2001:db8::1]", false), ("10.0.0.0/8", "https://api.example", false),
        ("", "https://api.example", false), ("???, [, :, /, *.", "https://api.example", false),
    ]) func hostsMayBeExcluded(_ list: String, _ url: String, _ isExcluded: Bool) throws {
        #expect(try goesThrough(url, ["HTTPS_PROXY": "proxy", "NO_PROXY": list]) != isExcluded)
        #expect(try goesThrough(url, ["HTTPS_PROXY": "proxy", "no_proxy": list]) != isExcluded)
    }

    @Test func aProviderMayGoItsOwnWay() throws {
        let environment = ["HTTPS_PROXY": "https://wrong"]
        let direct = try Load.provider("{ kind: openai, api_key: k, proxy: none }", environment: environment)
        #expect(direct.proxy == nil)
        let other = try Load.provider(
            "{ kind: openai, api_key: k, proxy: \"http://other:1\" }", environment: environment)
        #expect(other.proxy?.host == "other")
    }

    @Test(arguments: [
        ("proxy.example:3128", "expected env, none or a URL such as http://proxy.example:3128"),
        ("auto", "expected env, none or a URL such as http://proxy.example:3128"),
        ("https://p", "expected a proxy's URL that begins with http://"),
        ("http://p/x", "a proxy's URL ends after the port"),
    ]) func aWrongProxyIsRefused(_ proxy: String, _ message: String) {
        #expect(
            Load.providerErrors("{ kind: openai, api_key: k, proxy: \"\(proxy)\" }")
                == ["headgate.yaml:1:53: providers.up.proxy: \(message)"])
    }
}
